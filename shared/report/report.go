// Package report sums up what the journal says of a span of days, and what waits now.
package report

import (
	"cmp"
	"slices"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// Report is what happened in a span of UTC days, and what waits. Amounts are in the minor unit of the currency beside them.
type Report struct {
	At time.Time `json:"at"`
	// From and To are the first and the last day.
	From closing.Day `json:"from"`
	To   closing.Day `json:"to"`
	// Currencies, Days, Rules and Reasons each count every case that ended in the span once. No row adds up two currencies.
	Currencies []Row `json:"currencies"`
	Days       []Row `json:"days"`
	Rules      []Row `json:"rules"`
	Reasons    []Row `json:"reasons"`
	// Acts counts what people did in the span.
	Acts []Act `json:"acts"`
	// Waits is about the unfinished cases as they are now, whatever the span.
	Waits Waits `json:"waits"`
	// Unread are the cases and lines that cannot be read; nothing else here counts them.
	Unread []dispute.ID `json:"unread"`
	// Cut means that the days have more lines than were read.
	Cut bool `json:"-"`

	ahead time.Time
	ended map[dispute.ID]closing.Line
	acts  []closing.Line
	cases []closing.Case
}

// Row is what became of the cases of one group in one currency, which is empty if unknown.
type Row struct {
	Key
	Tally
}

// Key names a group.
type Key struct {
	// Name is a currency, a day, a rule or a reason code; empty if that is unknown, or if no rule decided.
	Name string `json:"name"`
	// By is who decided; empty in other groups than those of rules.
	By       By     `json:"by,omitempty"`
	Currency string `json:"currency"`
}

// By is who made the last decision about a case.
type By string

// Who may have decided.
const (
	ByRule     By = "rule"
	ByOperator By = "operator"
	ByNoRule   By = "no_rule" // no rule matched, which means keep
	ByNobody   By = "nobody"  // the case was never decided
)

// Act counts what one person did.
type Act struct {
	What string `json:"what"`
	Who  string `json:"who"`
	Acts int64  `json:"acts"`
}

// New returns a report of nothing. Deadlines within the time ahead are listed.
func New(from, to closing.Day, at time.Time, ahead time.Duration) *Report {
	return &Report{
		At: at, From: from, To: to, ahead: at.Add(ahead), ended: map[dispute.ID]closing.Line{},
		Acts: []Act{}, Unread: []dispute.ID{},
	}
}

// AddLine takes in a line of the journal. Of two lines about the end of one case the later one counts: the case ended again
// while the journal was read.
func (r *Report) AddLine(l closing.Line) {
	switch before, again := r.ended[l.Dispute]; {
	case l.Ended == nil:
		r.acts = append(r.acts, l)
	case !again || !before.At.After(l.At):
		r.ended[l.Dispute] = l
	}
}

// AddCase takes in an unfinished case. What a report does not need of it, such as the evidence, is not kept.
func (r *Report) AddCase(c closing.Case) {
	d := c.Dispute
	c.Dispute = dispute.Dispute{
		ID: d.ID, Amount: d.Amount, Currency: d.Currency, Created: d.Created, DueBy: d.DueBy, Status: d.Status, ReasonCode: d.ReasonCode,
	}
	if c.Decision != nil {
		decision := *c.Decision
		decision.Tried = nil
		c.Decision = &decision
	}
	c.History, c.Seen = nil, nil
	r.cases = append(r.cases, c)
}

// AddUnread takes in a case or a line that cannot be read.
func (r *Report) AddUnread(id dispute.ID) {
	if !slices.Contains(r.Unread, id) {
		r.Unread = append(r.Unread, id)
	}
}

// Finish sums up what was taken in. A case that was read as unfinished and ended before its day was read has ended.
func (r *Report) Finish() {
	r.Currencies = r.rows(func(l closing.Line) Key { return Key{Name: l.Money.Currency} })
	r.Days = r.rows(func(l closing.Line) Key { return Key{Name: string(closing.DayOf(l.At))} })
	r.Rules = r.rows(func(l closing.Line) Key { return decider(l.Ended.Operator, l.Ended.Rule, l.Ended.Action) })
	spelled := r.spellings()
	r.Reasons = r.rows(func(l closing.Line) Key { return Key{Name: spelled.of(l.Ended.ReasonCode)} })
	r.countActs()
	unfinished := slices.DeleteFunc(r.cases, func(c closing.Case) bool {
		_, ended := r.ended[c.ID]
		return ended
	})
	r.Waits = waitsOf(unfinished, r.ahead, spelled)
}

// decider returns the key of who decided.
func decider(operator, rule string, action policy.Action) Key {
	switch {
	case operator != "":
		return Key{By: ByOperator}
	case rule != "":
		return Key{By: ByRule, Name: rule}
	case action != "":
		return Key{By: ByNoRule}
	}
	return Key{By: ByNobody}
}

// rows counts the cases that ended by a key, to which their currency is added.
func (r *Report) rows(key func(closing.Line) Key) []Row {
	tallies := map[Key]Tally{}
	for _, l := range r.ended {
		k := key(l)
		k.Currency = l.Money.Currency
		t := tallies[k]
		t.add(l)
		tallies[k] = t
	}
	rows := make([]Row, 0, len(tallies))
	for k, t := range tallies {
		rows = append(rows, Row{k, t})
	}
	slices.SortFunc(rows, func(a, b Row) int { return a.compare(b.Key) })
	return rows
}

func (k Key) compare(other Key) int {
	return cmp.Or(cmp.Compare(k.Name, other.Name), cmp.Compare(k.By, other.By), cmp.Compare(k.Currency, other.Currency))
}

func (r *Report) countActs() {
	counts := map[Act]int64{}
	for _, l := range r.acts {
		counts[Act{What: l.What, Who: l.Who}]++
	}
	for a, n := range counts {
		a.Acts = n
		r.Acts = append(r.Acts, a)
	}
	slices.SortFunc(r.Acts, func(a, b Act) int { return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Who, b.Who)) })
}

// spellings are the least spellings of reason codes, by what codes compare by.
type spellings map[string]string

// spellings gives equal codes one name, such as 104 and 10.4.
func (r *Report) spellings() spellings {
	s := spellings{}
	for _, l := range r.ended {
		s.add(l.Ended.ReasonCode)
	}
	for _, c := range r.cases {
		s.add(c.Dispute.ReasonCode)
	}
	return s
}

func (s spellings) add(text string) {
	code := policy.CodeOf(text)
	if before, known := s[code.Key()]; code.Known() && (!known || text < before) {
		s[code.Key()] = text
	}
}

func (s spellings) of(text string) string { return s[policy.CodeOf(text).Key()] }
