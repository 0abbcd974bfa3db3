package view

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"disputecloser/cmd/disputectl/internal/rules/backtest/replay"
	"disputecloser/cmd/disputectl/internal/rules/policydiff"
	"disputecloser/shared/currency"
)

// Compared says in words what is compared: two policies, and where the disputes come from.
type Compared struct{ Old, New, Cases string }

// Diff writes what a change of the policy changes, as a page of at most width columns where its texts allow it.
func Diff(w io.Writer, r policydiff.Report, of Compared, width int) error {
	p := &page{width: width}
	p.text("", fmt.Sprintf("%s → %s over %s of %s", side(of.Old, r.Old), side(of.New, r.New), disputes(r.Disputes), of.Cases))
	if !r.Changed {
		p.head("Nothing changes.")
	}
	settingsChanged(p, r)
	closesChanged(p, r)
	fatesChanged(p, r)
	if r.Changed {
		assumed(p, DiffAssumptions(r))
		p.head("The bottom line")
		for _, line := range DiffSummary(r) {
			p.text("  ", line)
		}
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

// DiffAssumptions says what a comparison takes for granted.
func DiffAssumptions(r policydiff.Report) []string {
	return slices.Concat(r.Assumptions, []string{
		"budgets are compared only as settings; `policy backtest` shows what they defer", keyAssumption(r.Replay, r.Modes),
	})
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
		pairs = append(pairs, [2]string{s.Name, FromTo(s)})
	}
	p.pairs(pairs)
	for _, rule := range r.Rules {
		p.text("  ", "rule "+quoted(rule.Rule)+" "+string(rule.Change))
		for _, e := range rule.Edits {
			p.text("      ", e.Name+"  "+FromTo(e))
		}
	}
}

// FromTo says what a setting was and is, amounts as money.
func FromTo(s policydiff.Setting) string {
	return settingText(s.Old, s.Currency) + " → " + settingText(s.New, s.Currency)
}

func settingText(value, code string) string {
	n, err := strconv.ParseInt(value, 10, 64)
	if code == "" || err != nil {
		return orNone(value, "none")
	}
	return currency.Text(n, code)
}

// closesChanged shows what is closed, by currency, before any budget.
func closesChanged(p *page, r policydiff.Report) {
	g := Grid{Columns: []Column{
		{Head: "CUR"}, {Head: "CLOSED", Right: true}, {Head: "NOW", Right: true}, {Head: "CHANGE", Right: true, Drop: 2},
		{Head: "CONCEDED", Right: true}, {Head: "NOW", Right: true}, {Head: "CHANGE", Right: true, Drop: 1},
	}}
	for _, c := range ClosesOf(r) {
		g.Rows = append(g.Rows, Plain(
			orMark(c.Currency), number(c.Old.Count), number(c.New.Count), signed(c.New.Count-c.Old.Count),
			cellAmount(c.Old.Amount, c.Currency), cellAmount(c.New.Amount, c.Currency), signedAmount(c.New.Amount-c.Old.Amount, c.Currency),
		))
	}
	if len(g.Rows) == 0 {
		return
	}
	p.head("What is closed, before any budget is asked")
	p.grid(g)
}

// ClosesChange is what the two policies close of one currency.
type ClosesChange struct {
	Currency string
	Old, New policydiff.Count
}

// ClosesOf returns what the two policies close, by currency.
func ClosesOf(r policydiff.Report) []ClosesChange {
	old, now := byCurrency(r.Old.Closes), byCurrency(r.New.Closes)
	var all []ClosesChange
	for _, code := range currencies(r.Old.Closes, r.New.Closes) {
		all = append(all, ClosesChange{code, old[code], now[code]})
	}
	return all
}

// signedAmount is a difference of money, such as +3,583.12 USD.
func signedAmount(n int64, code string) string {
	text := cellAmount(n, code)
	if n > 0 {
		return "+" + text
	}
	return text
}

// DiffSummary says in a sentence for each currency what a change comes to.
func DiffSummary(r policydiff.Report) []string {
	regrets := map[string]map[string]policydiff.Count{}
	for _, g := range FateGroups(r) {
		sum := map[string]policydiff.Count{}
		for _, c := range g.Changes {
			for _, n := range c.Regrets {
				n.Count, n.Amount = n.Count+sum[n.Currency].Count, n.Amount+sum[n.Currency].Amount
				sum[n.Currency] = n
			}
		}
		regrets[g.Name] = sum
	}
	var lines []string
	for _, c := range ClosesOf(r) {
		if c.Old == c.New {
			continue
		}
		more, less := regrets[ClosedNow][c.Currency], regrets[ClosedNoMore][c.Currency]
		text := fmt.Sprintf("It would concede %s instead of %s in %s instead of %s", currency.Text(c.New.Amount, c.Currency),
			currency.Text(c.Old.Amount, c.Currency), grouped(c.New.Count), closes(c.Old.Count))
		for _, part := range []struct {
			won  policydiff.Count
			what string
		}{{more, "closed from now on"}, {less, "no longer closed"}} {
			if part.won.Count > 0 {
				text += "; of those " + part.what + ", " + wonWhenFought(part.won.Count, part.won.Amount, c.Currency)
			}
		}
		lines = append(lines, text+".")
	}
	if len(lines) == 0 {
		lines = []string{"It would concede as much as before."}
	}
	return lines
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

// The names of groups of changes, by what they mean for money.
const (
	ClosedNow    = "Closed from now on"
	ClosedNoMore = "No longer closed"
	ClosedElse   = "Closed otherwise"
	NotClosed    = "Not closed, as before, but otherwise"
)

// FateGroup are changes that mean the same for money.
type FateGroup struct {
	Name    string
	Count   int64
	Changes []policydiff.Change
}

// FateGroups returns the changes by what they mean for money, those that concede first. Groups without changes are left
// out.
func FateGroups(r policydiff.Report) []FateGroup {
	all := []FateGroup{{Name: ClosedNow}, {Name: ClosedNoMore}, {Name: ClosedElse}, {Name: NotClosed}}
	for _, c := range r.Changes {
		before, after := c.Old.Action == replay.Closes, c.New.Action == replay.Closes
		g := &all[map[[2]bool]int{{false, true}: 0, {true, false}: 1, {true, true}: 2, {false, false}: 3}[[2]bool{before, after}]]
		g.Changes, g.Count = append(g.Changes, c), g.Count+c.Count
	}
	return slices.DeleteFunc(all, func(g FateGroup) bool { return g.Count == 0 })
}

func fatesChanged(p *page, r policydiff.Report) {
	for _, g := range FateGroups(r) {
		p.head(fmt.Sprintf("%s: %s", g.Name, disputes(g.Count)))
		for _, c := range g.Changes {
			p.change(c)
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
		p.text("  ", FateText(c.New)+", at another time")
	} else {
		p.text("  ", FateText(c.Old))
		p.text("  → ", FateText(c.New))
	}
	p.text("      ", MoneyText(c.Currencies))
	if len(c.Regrets) > 0 {
		p.text("      ", "won when fought: "+MoneyText(c.Regrets))
	}
	for _, e := range c.Examples {
		p.text("      ", exampleText(e))
	}
	if more := c.Count - int64(len(c.Examples)); more > 0 && len(c.Examples) > 0 {
		p.text("      ", fmt.Sprintf("and %s more, none of them larger", disputes(more)))
	}
}

// MoneyText says how many disputes there are and about how much, by currency.
func MoneyText(counts []policydiff.Count) string {
	var money []string
	for _, n := range counts {
		money = append(money, disputes(n.Count)+", "+currency.Text(n.Amount, n.Currency))
	}
	return strings.Join(money, "; ")
}

// ExampleAmount is what an example is about.
func ExampleAmount(e policydiff.Example) string {
	if e.Amount == nil {
		return strings.TrimSpace("amount unknown " + strings.ToUpper(e.Currency))
	}
	return currency.Text(*e.Amount, e.Currency)
}

// ExampleTimes says when a dispute was closed, and is closed now.
func ExampleTimes(e policydiff.Example) string {
	old, now := instantOf(e.OldAt), instantOf(e.NewAt)
	switch {
	case old != "" && now != "" && old != now:
		return old + " → " + now
	case now != "":
		return now
	case old != "":
		return "was " + old
	}
	return ""
}

// instantOf is an instant of a report for a person.
func instantOf(text string) string {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return Moment(at)
}

func exampleText(e policydiff.Example) string {
	parts := []string{e.ID + " " + ExampleAmount(e)}
	if times := ExampleTimes(e); times != "" {
		parts = append(parts, times)
	}
	if e.Won {
		parts = append(parts, "won when fought")
	}
	return strings.Join(parts, ", ")
}

// FateText says what a policy would do with a dispute.
func FateText(f policydiff.Fate) string {
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

// keyAssumption says which mode the key is taken to be of.
func keyAssumption(o replay.Options, m replay.Modes) string {
	mode := "a test"
	switch {
	case o.OwnMode && m.Live+m.Test == 0:
		return "no dispute says whether it is of live or of test mode, so none is closed"
	case o.OwnMode && m.Live > 0:
		return "the WooshPay key is a live one, as the disputes are (--key)"
	case o.OwnMode:
		return "the WooshPay key is a test one, as the disputes are (--key)"
	case o.Livemode:
		mode = "a live"
	}
	return "the WooshPay key is " + mode + " one: disputes of the other mode are never closed (--key)"
}
