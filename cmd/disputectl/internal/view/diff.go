package view

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"disputecloser/cmd/disputectl/internal/rules/backtest/replay"
	"disputecloser/cmd/disputectl/internal/rules/policydiff"
)

// Compared says in words what is compared: two policies, and where the disputes come from.
type Compared struct{ Old, New, Cases string }

// Diff writes what a change of the policy changes, as a page of at most width columns where its texts allow it.
func Diff(w io.Writer, r policydiff.Report, of Compared, width int) error {
	p := &page{width: width}
	p.line("%s → %s over %s of %s", side(of.Old, r.Old), side(of.New, r.New), disputes(r.Disputes), of.Cases)
	if !r.Changed {
		p.head("Nothing changes.")
	}
	settingsChanged(p, r)
	closesChanged(p, r)
	fatesChanged(p, r)
	if r.Changed {
		assumed(p, r.Assumptions, "budgets are compared only as settings; `policy backtest` shows what they defer",
			keyAssumption(r.Replay))
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

func side(name string, s policydiff.Side) string {
	return fmt.Sprintf("%s (%s, %s)", name, s.Mode, s.Policy)
}

func settingsChanged(p *page, r policydiff.Report) {
	if len(r.Settings)+len(r.Rules) == 0 {
		return
	}
	p.head("The policy")
	var pairs [][2]string
	for _, s := range r.Settings {
		pairs = append(pairs, [2]string{s.Name, orNone(s.Old, "none") + " → " + orNone(s.New, "none")})
	}
	for _, rule := range r.Rules {
		pairs = append(pairs, [2]string{"rule " + quoted(rule.Rule), string(rule.Change)})
	}
	p.pairs(pairs)
}

// closesChanged shows what is closed, by currency, before any budget.
func closesChanged(p *page, r policydiff.Report) {
	old, now := byCurrency(r.Old.Closes), byCurrency(r.New.Closes)
	t := Table{Head: []string{"CUR", "CLOSED", "NOW", "CHANGE", "CONCEDED", "NOW", "CHANGE"}}
	for _, currency := range currencies(r.Old.Closes, r.New.Closes) {
		a, b := old[currency], now[currency]
		t.Rows = append(t.Rows, []string{
			orMark(currency), number(a.Count), number(b.Count), signed(b.Count - a.Count),
			number(a.Amount), number(b.Amount), signed(b.Amount - a.Amount),
		})
	}
	if len(t.Rows) == 0 {
		return
	}
	p.head("What is closed, before any budget is asked; amounts in minor units")
	p.table(t)
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func byCurrency(counts []policydiff.Count) map[string]policydiff.Count {
	all := make(map[string]policydiff.Count, len(counts))
	for _, c := range counts {
		all[c.Currency] = c
	}
	return all
}

// currencies returns each currency once, in alphabetic order and the unknown one last.
func currencies(lists ...[]policydiff.Count) []string {
	var all []string
	for _, c := range slices.Concat(lists...) {
		all = append(all, c.Currency)
	}
	slices.SortFunc(all, func(a, b string) int {
		return cmp.Or(cmp.Compare(min(len(b), 1), min(len(a), 1)), cmp.Compare(a, b))
	})
	return slices.Compact(all)
}

// fatesChanged shows the changes, those that concede money first.
func fatesChanged(p *page, r policydiff.Report) {
	closes := func(f policydiff.Fate) bool { return f.Action == replay.Closes }
	for _, group := range []struct {
		head string
		of   func(policydiff.Change) bool
	}{
		{"Closed from now on", func(c policydiff.Change) bool { return !closes(c.Old) && closes(c.New) }},
		{"No longer closed", func(c policydiff.Change) bool { return closes(c.Old) && !closes(c.New) }},
		{"Closed otherwise", func(c policydiff.Change) bool { return closes(c.Old) && closes(c.New) }},
		{"Not closed, as before, but otherwise", func(c policydiff.Change) bool { return !closes(c.Old) && !closes(c.New) }},
	} {
		var members []policydiff.Change
		n := int64(0)
		for _, c := range r.Changes {
			if group.of(c) {
				members, n = append(members, c), n+c.Count
			}
		}
		if n > 0 {
			p.head(fmt.Sprintf("%s: %s", group.head, disputes(n)))
			for _, c := range members {
				p.change(c)
			}
		}
	}
}

func disputes(n int64) string {
	if n == 1 {
		return "1 dispute"
	}
	return number(n) + " disputes"
}

// change writes one kind of change with its money and examples.
func (p *page) change(c policydiff.Change) {
	if c.OnlyTime {
		p.text("  ", fateText(c.New)+", at another time")
	} else {
		p.text("  ", fateText(c.Old))
		p.text("  → ", fateText(c.New))
	}
	var money []string
	for _, n := range c.Currencies {
		money = append(money, fmt.Sprintf("%s, %d %s", disputes(n.Count), n.Amount, orNone(n.Currency, "of unknown currency")))
	}
	p.text("      ", strings.Join(money, "; "))
	for _, e := range c.Examples {
		p.text("      ", exampleText(e))
	}
}

func exampleText(e policydiff.Example) string {
	amount := "amount unknown"
	if e.Amount != nil {
		amount = number(*e.Amount)
	}
	text := fmt.Sprintf("%s  %s", e.ID, strings.TrimSpace(amount+" "+e.Currency))
	switch {
	case e.OldAt != "" && e.NewAt != "" && e.OldAt != e.NewAt:
		return text + ", " + e.OldAt + " → " + e.NewAt
	case e.NewAt != "":
		return text + ", " + e.NewAt
	case e.OldAt != "":
		return text + ", was " + e.OldAt
	}
	return text
}

func fateText(f policydiff.Fate) string {
	by := "no rule matches"
	if f.Rule != "" {
		by = "by rule " + quoted(f.Rule)
	}
	switch {
	case f.Guard != "":
		return fmt.Sprintf("%s, guard %s stops rule %s", f.Action, f.Guard, quoted(f.Rule))
	case f.Action == replay.Missed:
		return fmt.Sprintf("not closed until its end, although rule %s wants it, %s", quoted(f.Rule), f.Clock)
	case f.Late:
		return fmt.Sprintf("%s %s, %s, after its deadline", f.Action, by, f.Clock)
	case f.Clock != "":
		return fmt.Sprintf("%s %s, %s", f.Action, by, f.Clock)
	case f.Rule == "":
		return fmt.Sprintf("%s, %s", f.Action, by)
	}
	return fmt.Sprintf("%s %s", f.Action, by)
}

// assumed lists what a replay takes for granted.
func assumed(p *page, lists []string, more ...string) {
	p.head("Assumed")
	p.bullets(slices.Concat(lists, more))
}

func (p *page) bullets(texts []string) {
	for _, text := range texts {
		for i, line := range wrapped(text, p.width-4) {
			p.line("%s%s", map[bool]string{true: "  - ", false: "    "}[i == 0], line)
		}
	}
}

// wrapped is Wrap for a width that may be none.
func wrapped(text string, width int) []string {
	if width <= 0 {
		width = len(text)
	}
	return Wrap(text, max(width, narrowest))
}

func keyAssumption(o replay.Options) string {
	mode := "test"
	if o.Livemode {
		mode = "live"
	}
	return "the WooshPay key is a " + mode + " one: disputes of the other mode are never closed (--key)"
}
