package analysis

import (
	"slices"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// region is where a rule matches.
type region struct {
	// sure is where every condition is surely true.
	sure box
	// matches is where the rule decides if it is reached: sure for a close rule, and for any other wherever no
	// condition is surely false.
	matches box
}

// region works out where a rule matches. Keep and review rules do not apply to terminal statuses, and `before_due`
// needs a due_by, which is known if time_left is.
func (s *space) region(r *policy.Rule) region {
	d := &regionDraft{space: s}
	for _, size := range s.sizes {
		d.no, d.unsure = append(d.no, newSet(size)), append(d.unsure, newSet(size))
	}
	c := &r.If
	d.words(dimStatus, s.status, c.Status, asIs)
	s.money.conditions(c, d.no[dimMoney], d.unsure[dimMoney])
	d.words(dimReasonType, s.reasonType, c.ReasonType, codeKey)
	d.words(dimReasonCode, s.reasonCode, c.ReasonCode, codeKey)
	if c.Age != nil {
		d.numbers(dimAge, s.age, (*int64)(c.Age.AtLeast), (*int64)(c.Age.AtMost))
	}
	if c.TimeLeft != nil {
		d.numbers(dimTimeLeft, s.timeLeft, (*int64)(c.TimeLeft.AtLeast), (*int64)(c.TimeLeft.AtMost))
	}
	if r.BeforeDue != nil {
		d.numbers(dimTimeLeft, s.timeLeft, nil, nil)
	}
	if c.SubmissionCount != nil {
		d.numbers(dimCount, s.count, c.SubmissionCount.AtLeast, c.SubmissionCount.AtMost)
	}
	for i, want := range []*bool{c.HasEvidence, c.PastDue, c.Refunded, c.Livemode} {
		d.flag(dimHasEvidence+i, want)
	}
	for i, key := range s.labelKeys {
		if w, ok := c.Metadata[key]; ok {
			d.words(dimLabels+i, s.labels[key], &w, asIs)
		}
	}
	if r.Then != policy.Close {
		d.excludeTerminal()
	}
	return d.region(r.Then)
}

// regionDraft collects the atoms at which a condition is surely false, and those at which it is unknown.
type regionDraft struct {
	*space
	no, unsure box
}

func (d *regionDraft) words(dim int, w words, list *policy.Words, key func(string) string) {
	if list == nil {
		return
	}
	for atom := range w.size() {
		judge(w.try(list, key, atom), atom, d.no[dim], d.unsure[dim])
	}
}

func (d *regionDraft) numbers(dim int, n numbers, low, high *int64) {
	for atom := range n.size() {
		judge(n.try(low, high, atom), atom, d.no[dim], d.unsure[dim])
	}
}

func (d *regionDraft) flag(dim int, want *bool) {
	if want == nil {
		return
	}
	judge(truth(!*want), 0, d.no[dim], d.unsure[dim])
	judge(truth(*want), 1, d.no[dim], d.unsure[dim])
	judge(policy.Unknown, 2, d.no[dim], d.unsure[dim])
}

func (d *regionDraft) excludeTerminal() {
	for text, atom := range d.status.at {
		if dispute.Status(text).Class() == dispute.Terminal {
			d.no[dimStatus].add(atom)
		}
	}
}

func (d *regionDraft) region(then policy.Action) region {
	var r region
	for dim, size := range d.sizes {
		open := fullSet(size).without(d.no[dim])
		r.matches = append(r.matches, open)
		r.sure = append(r.sure, open.without(d.unsure[dim]))
	}
	if then == policy.Close {
		r.matches = r.sure
	}
	return r
}

// at returns the atoms of a rule's sure region for one currency, without the unknown amount.
func (s *space) amountsAt(r region, currency string) []int {
	n := slices.Index(s.money.currencies, currency)
	if n < 0 {
		return nil
	}
	var atoms []int
	for a := range s.money.amounts[n].starts {
		if r.sure[dimMoney].has(s.money.first[n] + a) {
			atoms = append(atoms, a)
		}
	}
	return atoms
}
