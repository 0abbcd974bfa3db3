package policydiff

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"disputecloser/cmd/disputectl/internal/rules/backtest/replay"
	"disputecloser/cmd/disputectl/internal/rules/history"
	"disputecloser/shared/policy"
)

func report(older, newer *replay.Engine, o replay.Options, read history.Summary, workers []*worker) Report {
	before, after := older.Document(), newer.Document()
	r := Report{
		Old: Side{Policy: older.Policy().Hash(), Mode: before.Mode}, New: Side{Policy: newer.Policy().Hash(), Mode: after.Mode},
		Settings: settings(before, after), Rules: rules(before, after), Assumptions: o.Assumptions(),
		Replay: o, History: read, Changes: []Change{},
	}
	moves, oldCloses, newCloses := map[kind]*moved{}, map[string]*Count{}, map[string]*Count{}
	for _, w := range workers {
		r.Disputes += w.disputes
		r.Modes.Join(w.modes)
		joinCounts(oldCloses, w.oldCloses)
		joinCounts(newCloses, w.newCloses)
		for key, m := range w.moves {
			if moves[key] == nil {
				moves[key] = newMoved()
			}
			moves[key].join(m)
		}
	}
	r.Old.Closes, r.New.Closes = sorted(oldCloses), sorted(newCloses)
	for key, m := range moves {
		c := changeOf(key, m)
		r.Moved += c.Count
		r.Changes = append(r.Changes, c)
	}
	slices.SortFunc(r.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), compareFates(a.Old, b.Old), compareFates(a.New, b.New))
	})
	r.Changed = older.Policy().Hash() != newer.Policy().Hash() || r.Moved > 0
	return r
}

func compareFates(a, b Fate) int {
	late := func(f Fate) int { return map[bool]int{true: 1}[f.Late] }
	return cmp.Or(cmp.Compare(a.Action, b.Action), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Clock, b.Clock),
		cmp.Compare(a.Guard, b.Guard), cmp.Compare(late(a), late(b)))
}

func changeOf(key kind, m *moved) Change {
	c := Change{Old: key.before, New: key.after, OnlyTime: key.before == key.after, Currencies: sorted(m.counts), Regrets: sorted(m.regrets)}
	for _, n := range c.Currencies {
		c.Count += n.Count
	}
	for _, e := range m.examples {
		e.OldAt, e.NewAt = instantText(e.oldMs), instantText(e.newMs)
		c.Examples = append(c.Examples, e.Example)
	}
	return c
}

func instantText(ms int64) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).UTC().Format(time.RFC3339)
}

func sorted(counts map[string]*Count) []Count {
	all := make([]Count, 0, len(counts))
	for _, c := range counts {
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b Count) int {
		if (a.Currency == "") != (b.Currency == "") {
			return cmp.Compare(len(b.Currency), len(a.Currency))
		}
		return cmp.Compare(a.Currency, b.Currency)
	})
	return all
}

func clockText(r *policy.Rule) string {
	switch {
	case r.After != nil:
		return "after " + r.After.String()
	case r.BeforeDue != nil:
		return fmt.Sprintf("before_due %s", *r.BeforeDue)
	}
	return ""
}
