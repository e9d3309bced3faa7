"""The door: every verb is one function that calls one method of the workbench. It decides nothing.

Exit codes: 0 clean; 1 blocked findings or failed notebooks; 2 anything that has to be put right first.
"""

from __future__ import annotations

import datetime as dt
import functools
import gc
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .errors import ExportError, Problem, WuyouError, reason

if TYPE_CHECKING:
    from .batch import Report
    from .values import Checked, Decision
    from .workbench import Workbench

CHANNELS = ("moments", "chat", "group")


class ChineseCommand(click.Command):
    """A command whose help page is Chinese throughout."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        rows = [row for param in self.get_params(ctx) if (row := param.get_help_record(ctx)) is not None]
        with formatter.section("选项"):
            formatter.write_dl(rows)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return --help with a Chinese explanation."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示这一页"
        return option


class ChineseGroup(ChineseCommand, click.Group):
    """The group of all verbs, in the order of the day's work."""

    command_class = ChineseCommand

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click names it
        """Keep the order in which the verbs are written below."""
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the verbs."""
        super().format_options(ctx, formatter)
        with formatter.section("命令"):
            formatter.write_dl([(name, command.get_short_help_str(70)) for name, command in self.commands.items()])


def _keep_root(context: click.Context, _: click.Parameter, value: str) -> None:
    if value:
        context.find_root().obj = value


root_option = click.option(
    "--root",
    default="",
    expose_value=False,
    callback=_keep_root,
    is_eager=True,
    metavar="文件夹",
    help="项目文件夹；不写就从当前位置往上找",
)


@click.group(cls=ChineseGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "--version", package_name="wuyou", message="wuyou %(version)s", help="显示版本")
@root_option
def cli() -> None:
    """五有：把总行物料写成客户爱看、合规放心的微信文案。"""  # noqa: D400, D415


def verb(function: Callable[..., None]) -> click.Command:
    """Declare a verb: it is named like its function, takes --root, and is handed the workbench first."""

    @functools.wraps(function)
    def called(**arguments: Any) -> None:
        from .workbench import Workbench

        function(Workbench.here(click.get_current_context().find_root().obj or ""), **arguments)

    return cli.command(function.__name__.rstrip("_"))(root_option(called))


json_option = click.option("--json", "as_json", is_flag=True, help="输出 JSON（字段见 docs/wire-schema.md）")


@verb
@click.argument("file", metavar="文件")
@click.option("--name", default="", metavar="名字", help="要点文件的名字；不写就用物料的名字")
@click.option("--update", is_flag=True, help="原件改过时，把变化写进要点文件；批注都会留着")
@json_option
def read(bench: Workbench, file: str, name: str, update: bool, as_json: bool) -> None:
    """读料：一份总行文件 → 段落与候选要点。"""  # noqa: D400, D415
    reading = bench.read(file)
    if as_json:
        _print_json(reading.wire())
        return
    click.echo(bench.passages(reading))
    click.echo(f"\n{reading.material.path}：读到 {len(reading.material.passages)} 段，提出 {len(reading.facts)} 条要点")
    for remark in reading.material.remarks:
        click.echo(f"注意：{remark}")
    if reading.changed:
        click.echo(f"\n{bench.differences(reading)}\n")
    click.echo(bench.propose(reading, name, update=update))


@verb
@click.argument("file", metavar="文件")
@click.option("--segment", required=True, metavar="客群", help="写给哪个客群")
@click.option("--start", default="", metavar="日期", help="第 1 天，如 2026-11-23；不写就是明天")
@click.option("--to", default="", metavar="文件夹", help="写到哪里；不写就是 runs/quick/")
def quick(bench: Workbench, file: str, segment: str, start: str, to: str) -> None:
    """快试：手上的一份文件 → 一个文件夹的草稿、日历和配图（要点未确认，不能外发）。"""  # noqa: D400, D415
    from .values import LEVELS

    made = bench.quick(file, segment, start=_day(start), to=Path(to).resolve() if to else None)
    levels = [sum(entry.checked.count(level) for entry in made.calendar.entries) for level in LEVELS]
    click.echo(
        f"读到 {len(made.reading.facts)} 条要点，写了 {len(made.calendar.entries)} 条草稿：拦截 {levels[0]}，提醒 {levels[1]}，建议 {levels[2]}"
    )
    click.echo("要点还没有人确认，文稿没有签字，不能外发。")
    click.echo(f"→ {_near(made.folder, bench)}/（从 drafts.html 看起）")


@verb
@click.argument("campaign", metavar="活动")
@click.argument("segment", metavar="客群")
@json_option
def plan(bench: Workbench, campaign: str, segment: str, as_json: bool) -> None:
    """排期：活动 × 客群 → 每一格写什么、什么时候发。"""  # noqa: D400, D415
    briefs = bench.plan(campaign, segment)
    if as_json:
        _print_json(
            [brief.slot.model_dump(mode="json") | {"key": brief.slot.key, "variant": brief.variant} for brief in briefs]
        )
    else:
        click.echo(bench.show(briefs))


@verb
@click.argument("campaign", metavar="活动")
@click.argument("segment", metavar="客群")
@click.option("--writer", default="template", show_default=True, metavar="写手", help="谁来写")
@click.option("--save/--no-save", default=True, help="存进 runs/，或只看不存")
@click.option("--dry-run", is_flag=True, help="不问模型：只看会送出什么，估计多少词元、多少钱")
def write(bench: Workbench, campaign: str, segment: str, writer: str, save: bool, dry_run: bool) -> None:
    """写稿并过检：活动 × 客群 → 文稿。"""  # noqa: D400, D415
    if dry_run:
        click.echo(bench.rehearse(campaign, segment))
        return
    progress = _Spending(bench, writer) if bench.meter(writer) else None
    if progress:
        bench.prepare(campaign, [segment], writer)
    checked = bench.compose(bench.plan(campaign, segment), writer, progress)
    click.echo(bench.show(checked))
    if progress:
        click.echo(f"\n{bench.summary(checked, writer)}")
    if save:
        click.echo(f"\n{len(checked)} 条 → {_near(bench.save(checked), bench)}")
    _exit_if(any(each.blocked for each in checked))


@verb
@click.argument("source", metavar="[- 或 文件]", default="", required=False)
@click.option("--channel", default="moments", type=click.Choice(CHANNELS), show_default=True, help="发在哪里")
@click.option("--product", default=None, metavar="产品", help="wealth、deposit……或产品文件的名字；不写就从文字里看")
@click.option("--segment", default=None, metavar="客群", help="写给谁；怎么改的建议会更贴切")
@click.option("--genre", default=None, metavar="内容类型", help="决定哪几条“有”是必须的")
@click.option("--on", default=None, metavar="日期", help="发布日，如 2026-11-21")
@click.option("--fix", is_flag=True, help="能放心替您改的先改好，给出对照；不碰数字、日期和名字，剩下的照样列出")
@click.option("--write", is_flag=True, help="和 --fix 一起用：把改好的写回文件；不写就只看对照")
@click.option("--jsonl", default="", metavar="文件", help="一行一条的待检文件；和 --fix 一起用，每条多一项 fixed")
@click.option("--out", default="", metavar="文件", help="结果（和 --fix 一起用：改好的文字）写到哪里；不写就输出到屏幕")
@click.option("--judge", is_flag=True, help="亮着的灯再问一遍模型（OPENAI_BASE_URL、WUYOU_MODEL）；它只能存疑")
@click.option("--color", default="auto", type=click.Choice(("auto", "always", "never")), show_default=True, help="颜色")
@json_option
def check(bench: Workbench, source: str, jsonl: str, color: str, as_json: bool, **options: Any) -> None:
    """过检：一段文字（- 从标准输入读，或一个文件），或一个 JSONL 文件。"""  # noqa: D400, D415
    fix, write, out, judge = (options.pop(name) for name in ("fix", "write", "out", "judge"))
    opinion = _Judge(bench) if judge else None
    if write and (not fix or jsonl or source in ("", "-")):
        raise WuyouError(
            "没有可以写回的文件", "--write", "要写成 wuyou check 文件 --fix --write；别处来的文字用 --out 文件"
        )
    if out and not (fix or jsonl):
        raise WuyouError("没有要写的结果", "--out", "和 --jsonl 或 --fix 一起用")
    if jsonl:
        _exit_if(bench.check_file(jsonl, out or "-", opinion, fix=fix), code=2)
        return
    text = _given(source)
    mended = bench.fix(text, **options) if fix else None
    checked = mended.after if mended else bench.check(text, **options)
    checked = opinion(checked) if opinion else checked
    target = source if write else out
    if mended and target and (out or mended.text != text):
        bench.rewrite(source, text, mended.text) if write else bench.write_out(out, mended.text)
    if as_json:
        _print_json({**bench.wire(checked), **({"fixed": mended.wire()} if mended else {})})
    else:
        colour = _colour(color)
        if mended:
            click.echo(bench.changes(mended, "文稿" if source == "-" else source, colour=colour), color=colour)
            click.echo(f"→ {target}\n" if target else "")
        columns = shutil.get_terminal_size().columns
        click.echo(bench.verdict(checked, colour=colour, columns=columns), color=colour)
    _exit_if(checked.blocked)


@verb
@click.argument("campaign", metavar="活动")
@click.argument("post", metavar="[文稿编号]", default="", required=False)
@click.option("--segment", multiple=True, metavar="客群", help="只看这个客群（可写多次）")
def show(bench: Workbench, campaign: str, post: str, segment: tuple[str, ...]) -> None:
    """看稿：一个活动的日历，或其中一篇。"""  # noqa: D400, D415
    calendar = bench.calendar(campaign, segment)
    click.echo(bench.show(calendar if not post else bench.find(calendar, post).checked))


@verb
@click.argument("campaign", metavar="活动")
@click.argument("post", metavar="文稿编号")
@click.option("--by", required=True, metavar="姓名", help="谁改的；改的人不能再签这一篇")
@click.option("--part", multiple=True, metavar="部分=新文字", help="如 ask=您家呢？（可写多次）")
@click.option("--note", default="", metavar="备注", help="不自己改，让模型照这句话改，如 再口语一点")
def revise(bench: Workbench, campaign: str, post: str, by: str, part: tuple[str, ...], note: str) -> None:
    """改稿：换掉一篇里的几句，成为一篇新的、未签的文稿。"""  # noqa: D400, D415
    if bool(part) == bool(note):
        raise WuyouError(
            "没有说怎么改" if not part else "--part 和 --note 只能写一样",
            "wuyou revise",
            "--part 自己改，--note 让模型改",
        )
    wrong = [each for each in part if "=" not in each]
    if wrong:
        raise WuyouError([Problem(f"看不懂：{each}", "--part", "要写成 ask=新文字") for each in wrong])
    parts = dict(each.split("=", 1) for each in part)
    checked = bench.revise_by_note(campaign, post, note, by) if note else bench.revise(campaign, post, parts, by)
    click.echo(bench.show(checked))
    _exit_if(checked.blocked)


@verb
@click.argument("campaign", metavar="活动")
@click.option("--by", required=True, metavar="姓名", help="签字人，见 reviewers.yml")
@click.option("--post", "posts", multiple=True, metavar="编号", help="只签这几篇（可写多次）；不写就签所有能签的")
@click.option("--segment", "segments", multiple=True, metavar="客群", help="只签这个客群（可写多次）")
@click.option("--reject", "verdict", flag_value="reject", help="退回")
@click.option("--withdraw", "verdict", flag_value="withdraw", help="撤回已签的")
@click.option("--note", default="", metavar="原因", help="退回或撤回的原因")
@click.option("--at", default="", metavar="时间", help="签字时间，如 2026-11-21T09:00+08:00；不写就是现在")
def approve(bench: Workbench, campaign: str, verdict: str | None, at: str, **rest: Any) -> None:
    """签字：被拦截的、无权签的、自己写的，都签不了。"""  # noqa: D400, D415
    signed = bench.approve(campaign, at=_moment(at), verdict=verdict or "approve", **rest)
    for problem in signed.refused:
        click.echo(f"没有签  {problem}", err=True)
    click.echo(_signed(signed.decisions, signed.already, len({problem.where for problem in signed.refused})))


@verb
@click.argument("campaign", metavar="活动")
@click.option("--to", default="", metavar="文件夹", help="写到哪里；不写就是 runs/活动/")
def export(bench: Workbench, campaign: str, to: str) -> None:
    """导出：日历（csv、xlsx、ics）、复制页、企业微信文件和图片。"""  # noqa: D400, D415
    for path in bench.publish(campaign, Path(to).resolve() if to else None):
        click.echo(_near(path, bench))


@verb
@click.argument("campaign", metavar="活动")
@click.option("--segment", "segments", multiple=True, metavar="客群", help="只做这个客群的（可写多次）；不写就全做")
@click.option("--branch", default="", metavar="网点", help="印上这个网点和它的二维码（见 staff.yml）")
@click.option("--staff", default="", metavar="姓名", help="再印上这位同事的称呼，和 --branch 一起用")
@click.option(
    "--to", default="", metavar="文件夹", help="写到哪里；不写就是 runs/活动/pictures，署名的在 pictures-网点"
)
def pictures(bench: Workbench, campaign: str, segments: tuple[str, ...], branch: str, staff: str, to: str) -> None:
    """做图：一个活动的配图；可以印上网点、同事和二维码。"""  # noqa: D400, D415
    own = "-".join(("pictures", *(each for each in (branch, staff) if each)))
    folder = Path(to).resolve() if to else bench.folder(campaign) / own
    made = bench.pictures(bench.calendar(campaign, segments), folder, branch=branch, staff=staff)
    click.echo(_near(made, bench))


@verb
@click.argument("campaign", metavar="[活动]", default="", required=False)
@click.option("--segment", "segments", multiple=True, metavar="客群", help="只跑这个客群（可写多次）；不写就全跑")
@click.option("--writer", default="template", show_default=True, metavar="写手", help="谁来写")
@click.option(
    "--jobs",
    default=os.cpu_count() or 2,
    type=click.IntRange(1, 64),
    metavar="个数",
    help="同时跑几个；不写就看这台机器有几个核",
)
@click.option("--force", is_flag=True, help="没有变化也重跑")
@click.option("--sign-sample", is_flag=True, help="以“示例审核”签字；只在示例银行里有效")
def batch(bench: Workbench, campaign: str, **options: Any) -> None:
    """批跑：一个活动的每个客群各跑一遍笔记本，再导出。"""  # noqa: D400, D415
    from . import batch as runner

    report = runner.run(bench, campaign or min(bench.library.campaigns, default=""), progress=_Bar(), **options)
    click.echo(_report(report, bench))
    _exit_if(any(row.levels["block"] for row in report.rows))


@verb
@click.argument("genre", metavar="内容类型")
@click.option("--segment", required=True, metavar="客群", help="写给哪个客群")
@click.option("--on", default="", metavar="日期", help="哪一天发，如 2026-12-22；不写就是明天")
@click.option("--channel", default="", metavar="渠道", help="只写这个渠道；不写就写所有有模板的")
@click.option("--variants", default=1, type=click.IntRange(1, 8), metavar="几种", help="每个渠道写几种说法")
def occasion(bench: Workbench, genre: str, segment: str, on: str, channel: str, variants: int) -> None:
    """单发：遇到一件事、一个节日，写一条（到期、交接、久未联系、节日关怀、反诈……），照样过检。"""  # noqa: D400, D415
    checked = bench.occasion(genre, segment, on=_day(on, "--on"), channel=channel, variants=variants)
    for each in checked:
        click.echo(bench.show(each))
    _exit_if(any(each.blocked for each in checked))


@verb
@click.argument("campaign", metavar="活动")
@click.option("--branch", default="", metavar="网点", help="只看这个网点，见 staff.yml")
@click.option("--staff", default="", metavar="工号", help="只看这一位")
@click.option("--segment", "segments", multiple=True, metavar="客群", help="只看这个客群（可写多次）")
def deal(bench: Workbench, campaign: str, **options: Any) -> None:
    """分发：同一格有几种已签的说法时，哪位同事发哪一种；同一网点不撞。"""  # noqa: D400, D415
    from .show import table

    rows = bench.deal(campaign, **options)
    head = ("日期", "客群", "渠道", "网点", "工号", "第几种", "编号")
    click.echo(table(head, rows) if rows else "没有要分的：每一格只有一种已签的说法，大家发同一条。")


@verb
@json_option
def runs(bench: Workbench, as_json: bool) -> None:
    """执行记录：哪些活动跑过，各有多少条、签了多少。"""  # noqa: D400, D415
    from . import batch as runner
    from .show import table

    reports = runner.history(bench)
    if as_json:
        _print_json(reports)
    else:
        rows = [
            [report[name] for name in ("campaign", "segments", "posts", "approved", "block", "warn", "hint")]
            for report in reports
        ]
        click.echo(
            table(("活动", "客群", "条数", "已签", "拦截", "提醒", "建议"), rows, right=range(1, 7))
            if rows
            else "还没有跑过。请运行 wuyou batch"
        )


@verb
@click.argument("material", metavar="物料")
@click.option(
    "--withdraw", default="", metavar="日期", help="总行撤回了它：从此用过它的都拦下，不再导出；和 --why 一起用"
)
@click.option("--why", default="", metavar="原因", help="为什么撤回，如 停售")
def recall(bench: Workbench, material: str, withdraw: str, why: str) -> None:
    """召回：列出用过这份物料的每一篇文稿和每一个文件；总行撤回物料时，也在这里记下。"""  # noqa: D400, D415
    from .show import table

    if why and not withdraw:
        raise WuyouError("没有说哪一天撤回", "--why", "和 --withdraw 日期 一起用")
    changed = bench.withdraw(material, _day(withdraw, "--withdraw"), why) if withdraw else []
    for sheet in changed:
        click.echo(f"→ {sheet}（已记下撤回；用过它的文稿从此拦截，不再导出）\n")
    posts, files = bench.recall(material)
    names = ("post", "on", "campaign", "segment", "channel", "genre", "locators", "signed")
    if posts:
        click.echo(
            table(
                ("编号", "日期", "活动", "客群", "渠道", "类型", "引用位置", "谁签的"),
                [[post[name] for name in names] for post in posts],
            )
        )
    click.echo(
        f"\n用到这份物料的文稿 {len(posts)} 篇，写进了 {len(files)} 个文件：" if posts else "没有文稿用到这份物料。"
    )
    for path in files:
        click.echo(f"  {path}")


@verb
@click.argument("campaign", metavar="活动")
@json_option
def audit(bench: Workbench, campaign: str, as_json: bool) -> None:
    """留痕：每一篇是谁写的、哪个模型、哪份提示词、人改了多少、谁签的。"""  # noqa: D400, D415
    from .show import table

    rows = bench.audit(campaign)
    if as_json:
        _print_json([row._asdict() for row in rows])
        return
    head = ("编号", "日期", "客群", "渠道", "写手", "模型", "提示词", "人改", "签字", "时间", "说明")
    shares = [(*row[:7], "" if row.changed is None else f"{row.changed:.0%}", *row[8:]) for row in rows]
    click.echo(table(head, shares, right=(7,)))


@verb
@click.argument("figures", metavar="文件")
def feedback(bench: Workbench, figures: str) -> None:
    """反馈：按篇汇总的发送、阅读、停留、回复数字 → 频次和类型的建议。"""  # noqa: D400, D415
    for line in bench.feedback(figures):
        click.echo(line)


@verb
@click.option("--on", default="", metavar="日期", help="按哪一天的法规看；不写就是规则册核对的那一天")
@json_option
def lint(bench: Workbench, on: str, as_json: bool) -> None:
    """自查：内容库、模板、规则写得对不对，例句和整篇是否都验证过，有没有永远不响的规则。"""  # noqa: D400, D415
    day = _day(on, "--on") if on else None
    problems = bench.lint()
    notes = [] if problems else bench.lint_notes(*filter(None, (day,)))
    if as_json:
        _print_json(
            {
                "problems": [problem._asdict() for problem in problems],
                "notes": notes,
                "inventory": {} if problems else bench.inventory(),
            }
        )
    elif not problems:
        click.echo("没有问题：" + "，".join(f"{name} {count}" for name, count in bench.inventory().items()))
        click.echo("".join(f"留意：{note}\n" for note in notes), nl=False)
    if problems and not as_json:
        raise WuyouError(problems)
    _exit_if(bool(problems), code=2)


# ── small words of the door ──────────────────────────────────────────────────────────────────────────────────────────


def _print_json(content: object) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=1))


def _exit_if(condition: bool, *, code: int = 1) -> None:
    if condition:
        raise click.exceptions.Exit(code)


def _given(source: str) -> str:
    """Read the text to be checked, from standard input or a file, its line ends as they are."""
    if not source:
        raise WuyouError(
            "没有说要检查什么", "wuyou check", "请用 wuyou check - 并把文字送进来，或写上文件，或用 --jsonl 文件"
        )
    if source != "-":
        from .workbench.checking import read_given

        text = read_given(source)
    else:
        if sys.stdin.isatty():
            click.echo("请输入或粘贴文字，另起一行按 Ctrl-D 结束：", err=True)
        try:
            text = sys.stdin.buffer.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise WuyouError("送进来的文字不是 UTF-8 编码", "标准输入", "请用 UTF-8 另存后再试") from error
    if not text.strip():
        raise WuyouError("没有文字可查，是空的", "标准输入" if source == "-" else source)
    return text


def _colour(wanted: str) -> bool:
    """Tell whether to write in colour: as asked, else on a terminal that is not told otherwise (NO_COLOR, dumb)."""
    if wanted != "auto":
        return wanted == "always"
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _moment(text: str) -> dt.datetime:
    if not text:
        return dt.datetime.now().astimezone().replace(microsecond=0)
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise WuyouError(f"看不懂时间：{text}", "--at", "要写成 2026-11-21T09:00+08:00") from error
    return moment if moment.tzinfo else moment.astimezone()


def _day(text: str, option: str = "--start") -> dt.date:
    try:
        return dt.date.fromisoformat(text) if text else dt.date.today() + dt.timedelta(days=1)
    except ValueError as error:
        raise WuyouError(f"看不懂日期：{text}", option, "要写成 2026-11-23") from error


class _Judge:
    """Asks for a second opinion on each text, until it cannot be had: then it says so once, and asks no more."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        self.failed = False

    def __call__(self, checked: Checked) -> Checked:
        if self.failed:
            return checked
        checked, why = self.bench.doubted(checked)
        if why:
            self.failed = True
            click.echo(why, err=True)
        return checked


def _near(path: Path, bench: Workbench) -> str:
    return path.relative_to(bench.root).as_posix() if path.is_relative_to(bench.root) else str(path)


def _signed(decisions: tuple[Decision, ...], already: int, refused: int) -> str:
    rest = [f"先前已签 {already} 篇"] * bool(already) + [f"没有签 {refused} 篇"] * bool(refused)
    return "，".join([f"签了 {len(decisions)} 篇", *rest])


class _Bar:
    """One progress bar for the whole batch, on standard error."""

    def __init__(self) -> None:
        self.bar: Any = None

    def __call__(self, unit: str, done: int, total: int) -> None:
        from tqdm import tqdm

        if self.bar is None:
            self.bar = tqdm(
                total=total,
                unit="客群",
                bar_format="{desc} {bar} {n_fmt}/{total_fmt} {elapsed}",
                ncols=72,
                file=sys.stderr,
            )
        self.bar.set_description_str(unit.ljust(19))
        self.bar.update(done - self.bar.n)
        if done == total:
            self.bar.close()


class _Spending:
    """One progress bar for a model's run: how many posts, and what they have cost."""

    def __init__(self, bench: Workbench, writer: str) -> None:
        self.bench, self.writer = bench, writer
        self.bar: Any = None

    def __call__(self, done: int, total: int) -> None:
        from tqdm import tqdm

        if self.bar is None:
            self.bar = tqdm(total=total, bar_format="{n_fmt}/{total_fmt} 篇 {elapsed} {desc}", file=sys.stderr)
        self.bar.set_description_str(str(self.bench.meter(self.writer)), refresh=False)
        self.bar.update(done - self.bar.n)
        if done == total:
            self.bar.close()


def _report(report: Report, bench: Workbench) -> str:
    from .show import table
    from .values import LEVELS

    channels = list(bench.library.channels)
    order = sorted(channels, key=lambda name: ("chat", "moments", "group").index(name) if name in CHANNELS else 9)
    head = ("客群", *(bench.library.channels[name].title for name in order), "拦截", "提醒", "建议", "已签", "秒")
    rows = [
        (
            f"{row.segment} {row.title}",
            *(row.channels.get(name, 0) for name in order),
            *(row.levels[level] for level in LEVELS),  # a receipt that was kept has them in another order
            row.approved,
            f"{row.seconds:.1f}",
        )
        for row in report.rows
    ]
    surveys = f"巡检  拦截 {report.surveys['block']}，提醒 {report.surveys['warn']}，建议 {report.surveys['hint']}"
    state = "没有变化，什么也没有重做" if report.fresh else f"重跑了 {sum(row.ran for row in report.rows)} 个客群"
    made = "\n".join(f"  {_near(path, bench)}" for path in report.files)
    said = f"活动 {report.campaign}：{state}，用时 {report.seconds:.1f} 秒。做好的文件：\n{made}"
    spent = f"{report.spent}\n" if report.spent else ""
    return f"{table(head, rows, right=range(1, len(head)))}\n\n{surveys}\n{spent}{said}"


def _misuse(error: click.ClickException) -> str:
    """Say in Chinese what click says in English."""
    if isinstance(error, click.NoSuchOption):
        near = f"（是不是想写 {error.possibilities[0]}？）" if error.possibilities else ""
        return f"没有这个选项：{error.option_name}{near}"
    if isinstance(error, click.MissingParameter):
        name = error.param.human_readable_name if error.param else ""
        return f"少了 {name}（用 --help 看怎么写）"
    if isinstance(error, click.BadOptionUsage):
        return f"选项 {error.option_name} 写得不完整（用 --help 看怎么写）"
    if isinstance(error, click.BadParameter):
        name = error.param.opts[0] if error.param and error.param.opts else ""
        choices = getattr(error.param.type, "choices", None) if error.param else None
        return (
            f"{name} 写得不对（可用：{'、'.join(map(str, choices))}）"
            if choices
            else f"{name} 写得不对（用 --help 看怎么写）"
        )
    text = error.format_message()
    if text.startswith("No such command"):
        from .yamls import suggest

        wrong = text.split("'")[1] if "'" in text else text
        return f"没有这个命令：{wrong}（{suggest(wrong, cli.commands)}）"
    return f"多了或少了一项：{text}（用 --help 看怎么写）"


def run(arguments: list[str]) -> int:
    """Run the command line; turn every error into Chinese sentences on standard error, and return the exit code."""
    try:
        return int(cli.main(arguments, prog_name="wuyou", standalone_mode=False) or 0)
    except WuyouError as error:
        click.echo(str(error), err=True)
        return error.exit_code
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.Abort:
        click.echo("已停下，没有写到一半的文件。", err=True)
    except click.ClickException as error:
        click.echo(_misuse(error), err=True)
    except KeyboardInterrupt:
        click.echo("已按 Ctrl-C 停下，没有写到一半的文件。", err=True)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - the reader has gone; nothing more can be said
        return 0
    except OSError as error:
        click.echo(
            str(ExportError(f"读写文件时出错：{reason(error)}", str(error.filename or ""), "请看磁盘和权限")),
            err=True,
        )
    except Exception as error:
        if os.environ.get("WUYOU_DEBUG"):
            raise
        click.echo(
            f"程序出错：{type(error).__name__}：{error}（这是程序的毛病，请把这一行和当时的命令报给维护的人；设 WUYOU_DEBUG=1 可看全部经过）",
            err=True,
        )
    return 2


def main() -> None:
    """Run the command line and leave with its exit code."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # none is ours, and looking for them costs 0.1 s
    gc.set_threshold(100_000, 50, 50)  # a start makes many small things and drops none: looking for waste cost a tenth
    sys.exit(run(sys.argv[1:]))
