import { Link } from "@tanstack/react-router";
import {
  ArrowDown,
  ArrowUp,
  CircleAlert,
  Ellipsis,
  ListChecks,
  Pencil,
  Trash2,
} from "lucide-react";

import { Button, buttonLooks } from "@/components/ui/button";
import { Menu, MenuItem, MenuLink, MenuTrigger } from "@/components/ui/menu";
import { Switch } from "@/components/ui/switch";
import type { Rule } from "@/features/rules/api";
import { placeOf, type Chart } from "@/features/rules/chart";
import { conditionsOf } from "@/features/rules/conditions";
import { words } from "@/words";

export type Direction = -1 | 1;

export interface RuleActions {
  onMove: (direction: Direction) => void;
  onSwitch: (active: boolean) => void;
  onApply: () => void;
  onRemove: () => void;
}

interface Props extends RuleActions {
  rule: Rule;
  chart: Chart;
  /** From 1. */
  place: number;
  count: number;
}

/** A rule in the list: its place, what it looks for, where it files. */
export function RuleRow({ rule, chart, place, count, ...actions }: Props) {
  return (
    <article
      aria-label={rule.title}
      className="grid grid-cols-[auto_1fr_auto] items-start gap-x-3 gap-y-2"
    >
      <Moves {...{ rule, place, count }} onMove={actions.onMove} />
      <div className="grid min-w-0 gap-1 self-center">
        <h3 className="font-medium wrap-anywhere">
          <Link
            to="/settings/rules/$ruleId"
            params={{ ruleId: rule.id }}
            className="underline decoration-border underline-offset-4 hover:decoration-current"
          >
            {rule.title}
          </Link>
        </h3>
        <p className="text-sm wrap-anywhere text-muted-foreground">
          {conditionsOf(rule).join(", ")} → {placeOf(chart, rule.glCode, rule.departmentCode)}
        </p>
        {rule.problem !== null && (
          <p className="flex items-start gap-1.5 text-sm text-warning">
            <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
            {rule.problem}
          </p>
        )}
      </div>
      <div className="flex items-center gap-1 self-center">
        <Switch
          checked={rule.active}
          aria-label={words.rules.isOn(rule.title)}
          onCheckedChange={actions.onSwitch}
        />
        <More rule={rule} {...actions} />
      </div>
    </article>
  );
}

interface MovesProps extends Pick<RuleActions, "onMove"> {
  rule: Rule;
  place: number;
  count: number;
}

function Moves({ rule, place, count, onMove }: MovesProps) {
  return (
    <div className="flex flex-col items-center">
      <Button
        variant="ghost"
        size="icon"
        className="size-7"
        focusableWhenDisabled
        disabled={place === 1}
        aria-label={words.rules.up(rule.title)}
        onClick={() => onMove(-1)}
      >
        <ArrowUp aria-hidden />
      </Button>
      <span className="text-xs text-muted-foreground tabular-nums">
        <span aria-hidden>{place}</span>
        <span className="sr-only">{words.rules.position(place, count)}</span>
      </span>
      <Button
        variant="ghost"
        size="icon"
        className="size-7"
        focusableWhenDisabled
        disabled={place === count}
        aria-label={words.rules.down(rule.title)}
        onClick={() => onMove(1)}
      >
        <ArrowDown aria-hidden />
      </Button>
    </div>
  );
}

function More({ rule, onApply, onRemove }: { rule: Rule } & RuleActions) {
  return (
    <Menu
      trigger={
        <MenuTrigger
          aria-label={words.rules.more(rule.title)}
          className={buttonLooks({ variant: "ghost", size: "icon" })}
        >
          <Ellipsis aria-hidden />
        </MenuTrigger>
      }
    >
      <MenuLink render={<Link to="/settings/rules/$ruleId" params={{ ruleId: rule.id }} />}>
        <Pencil aria-hidden />
        {words.rules.edit}
      </MenuLink>
      <MenuItem disabled={!rule.active || rule.problem !== null} onClick={onApply}>
        <ListChecks aria-hidden />
        {words.rules.apply}
      </MenuItem>
      <MenuItem onClick={onRemove}>
        <Trash2 aria-hidden />
        {words.rules.remove}
      </MenuItem>
    </Menu>
  );
}
