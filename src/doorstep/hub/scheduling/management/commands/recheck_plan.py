"""`doorstep recheck-plan ID|all`: checks stored plans again from their bytes alone."""

import sys
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from doorstep.hub.scheduling.actions.rechecking import recheck_plan
from doorstep.hub.scheduling.models import Plan
from doorstep.hub.scheduling.proving import Rechecked, packages, recheck


class Command(BaseCommand):
    help = "把存着的安排再核对一遍，只看存着的字节 · checks stored plans again from their bytes alone"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("plan", metavar="ID|all", help="号码，或 all 全部 · a plan's id, or all of them")

    def handle(self, *args: Any, **options: Any) -> None:
        plans = Plan.objects.ready().select_related("place").order_by("week", "finished_at")
        if options["plan"] != "all":
            try:
                plans = plans.filter(pk=UUID(options["plan"]))
            except ValueError:
                raise CommandError(f"{options['plan']} 不是安排的号码 · is not the id of a plan", returncode=2) from None
            if not plans.exists():
                raise CommandError(f"没有这份排好的安排：{options['plan']} · there is no finished plan of this id", returncode=2)
        found = [self._one(plan) for plan in plans.iterator(chunk_size=20)]
        wrong = sum(not ok for ok in found)
        self.stdout.write(f"{len(found)} 份，{wrong} 份不对 · {len(found)} plans, {wrong} do not hold")
        if wrong:
            sys.exit(1)

    def _one(self, plan: Plan) -> bool:
        found = recheck_plan(by=None, plan=plan, found=recheck(plan))
        self.stdout.write(f"{plan.pk}  {plan.week}  {plan.place.short_name}  {_figures(found)}")
        self.stdout.write(f"    week {plan.week_sha256 or '—'}\n    plan {plan.plan_sha256 or '—'}")
        then = {"planner": plan.planner_version, **plan.packages}
        self.stdout.write(f"    seed {plan.seed}, made with {_versions(then)}; checked with {_versions(packages())}")
        for fault in found.faults:
            self.stdout.write(f"    ✗ {fault['code']} {', '.join(f'{k} {v}' for k, v in fault.items() if k != 'code')}")
        return found.holds


def _figures(found: Rechecked) -> str:
    if found.value is None:
        return "✗"
    gap = "?" if found.gap is None else f"{100 * found.gap:.4f}%"
    mark = "✓" if found.holds else "✗"
    return f"value {found.value:,.3f}  bound {found.bound or 0:,.3f}  gap {gap}  broken rules {found.broken_rules}  {mark}"


def _versions(found: dict[str, str]) -> str:
    return " ".join(f"{name} {number}" for name, number in found.items() if number)
