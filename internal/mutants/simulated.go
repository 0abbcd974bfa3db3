package mutants

import "slices"

// Simulated are the faults that the simulation must catch: each named rule of the protocol left out, and other
// parts deliberately broken.
var Simulated = append(slices.DeleteFunc(slices.Clone(Protocol), alone), Broken...)

// alone tells that leaving out the rule in one place breaks no promise, because another place keeps it too: the
// window is looked at before the POST and again as it leaves. Broken has what leaves out both.
func alone(m Mutant) bool { return m.Name == "Window" }

// Broken are parts that are broken in other ways than by leaving out a rule.
var Broken = []Mutant{
	{"a ledger that ignores versions on save", "internal/memory/ledger.go", "	if l.version(c.ID) != c.Version {\n", "	if false {\n"},
	{"a ledger that ignores versions on claim", "internal/memory/ledger.go", "	case l.version(c.ID) != c.Version:\n", "	case false:\n"},
	{"a ledger that loses a write", "internal/memory/ledger.go", "	l.put(next)\n	l.count(t)\n", "	if next.Version%7 != 3 {\n		l.put(next)\n		l.count(t)\n	}\n"},
	{"a ledger that loses a claim", "internal/memory/ledger.go", "	l.put(next)\n	if !b.Held {\n", "	if next.Version%2 == 0 {\n		l.put(next)\n	}\n	if !b.Held {\n"},
	{"a claim without budget check", "internal/memory/ledger.go", "	return b.Held || b.Amount >= 0 &&", "	return true || b.Amount >= 0 &&"},
	{"a claim without the check of failures", "internal/memory/ledger.go", "if spent.Failures >= b.Limit.Failures {", "if false {"},
	{"a claim that ignores the pause", "internal/memory/ledger.go", "	case l.control.Paused:\n", "	case false:\n"},
	{"a claim that spends nothing", "internal/memory/ledger.go", "	if !b.Held {\n		l.count", "	if false {\n		l.count"},
	{"a closer that skips the look", "shared/closing/closer.go", "	look := w.lookWithCharge(ctx, c.ID)\n", "	look := Look{SentAt: w.Now(), Dispute: c.Dispute}\n"},
	{"a closer that believes the news' charge", "shared/closing/closer.go", "		look.Refunded = charge.Refunded\n", "		_ = charge\n"},
	{"Window, looked at nowhere", "shared/closing/closer.go", windowed, unwindowed},
	{"a POST that may leave long after the window", "shared/closing/closer.go", "w.Provider.Close(ctx, c.ID, claimedAt.Add(w.Terms.Window))", "w.Provider.Close(ctx, c.ID, claimedAt.Add(24*time.Hour))"},
	{"a closer that retries the POST", "shared/closing/closer.go", "	return answerOf(d, err, c.ClosedFrom)\n}\n\n// lookAfter", "	if err != nil {\n		d, err = w.Provider.Close(ctx, c.ID, claimedAt.Add(w.Terms.Window))\n	}\n	return answerOf(d, err, c.ClosedFrom)\n}\n\n// lookAfter"},
	{"a closer that records on any claim", "shared/closing/closer.go", "if c.State != Closing || c.ClaimID != claimed.ClaimID {", "if c.State != Closing {"},
	{"a closer that forgets an operator's keep", "shared/closing/decide.go", "	facts := policy.FactsOf(", "	if c.Override != nil && c.Override.Action == policy.Keep {\n		c.Override = nil\n	}\n	facts := policy.FactsOf("},
	{"a decoder that reads dates an hour early", "shared/dispute/instant.go", "	return time.UnixMilli(n).UTC()\n", "	return time.UnixMilli(n).Add(-time.Hour).UTC()\n"},
	{"a decoder that reads seconds an hour early", "shared/dispute/instant.go", "		n = max(n, 0) * 1000\n", "		n = max(n, 0)*1000 - 3_600_000\n"},
	{"no guard of the status", "shared/closing/decide.go", "	case !closable(l.Dispute.Status, d):\n", "	case false:\n"},
	{"no guard of the mode", "shared/closing/decide.go", "	case !dispute.Is(l.Dispute.Livemode, j.Livemode):\n", "	case false:\n"},
	{"an unknown mode passes", "shared/closing/decide.go", "	case !dispute.Is(l.Dispute.Livemode, j.Livemode):\n", "	case dispute.Is(l.Dispute.Livemode, !j.Livemode):\n"},
	{"no guard of the amount", "shared/closing/decide.go", "	case !l.Dispute.Amount.IsKnown() || money.Amount < 1:\n", "	case money.Amount < 0:\n"},
	{"an operator's word for any amount", "shared/closing/decide.go", "	case o != nil && o.Agreed != money:\n", "	case false:\n"},
	{"no guard of a refunded charge", "shared/closing/decide.go", "	case dispute.Is(l.Refunded, true):\n", "	case false:\n"},
	{"no guard of the ceiling", "shared/closing/decide.go", "	case !hasCeiling || money.Amount > ceiling:\n", "	case !hasCeiling || money.Amount > ceiling+1_000_000:\n"},
	{"no guard of the budget", "shared/closing/decide.go", "	case !hasBudget || money.Amount > budget.Amount || budget.Closes < 1:\n", "	case hasBudget && money.Amount > budget.Amount+1_000_000:\n"},
	{"unknown counts as true", "shared/policy/condition.go", "	if !known {\n		return Unknown\n	}\n	return outcome", "	if !known {\n		return Yes\n	}\n	return outcome"},
	{"an unknown word counts as true", "shared/policy/condition.go", "	if value == \"\" {\n		return Unknown\n	}\n	return truth(slices", "	if value == \"\" {\n		return Yes\n	}\n	return truth(slices"},
	{"a keep rule needs certainty", "shared/policy/policy.go", "	least := Unknown\n", "	least := Yes\n"},
	{"shadow rules decide", "shared/policy/explain.go", "		if r.shadow {\n			continue\n		}\n", ""},
	{"a shadow policy closes", "shared/closing/decide.go", "	if d.Action == policy.Close && !d.Shadow {\n", "	if d.Action == policy.Close {\n"},
	{"the last rule that matches decides", "shared/policy/explain.go", "			d.Action, d.Rule, d.Clock = r.verdict.Action, r.verdict.Rule, r.verdict.Clock\n			break\n", "			d.Action, d.Rule, d.Clock = r.verdict.Action, r.verdict.Rule, r.verdict.Clock\n"},
	{"a lapsed claim counts from the look's end", "shared/closing/case.go", "return t.After(c.ClaimUntil)", "return t.Add(45 * time.Second).After(c.ClaimUntil)"},
	{"a case that was won returns its spend at once", "shared/closing/look.go", "	case lapsed:\n", "	default:\n"},
	{"a refused close that counts as ours", "shared/closing/record.go", "	case l.showsClosed(c) && (p.answer == unknown || c.Doubt):\n", "	case l.showsClosed(c):\n"},
	{"a refused close at another end that leaves a doubt", "shared/closing/record.go", "c.unposted().returned(now)\n		return c.resolved", "c.returned(now)\n		return c.resolved"},
	{"an unknown answer that counts as refused", "shared/closing/record.go", "	case fault.Of(err) == fault.Retryable:\n", "	case fault.Of(err) != fault.Permanent:\n"},
	{"attempts without end", "shared/closing/closer.go", "	case next.Attempts >= w.Terms.Attempts:\n", "	case next.Attempts >= 1000*w.Terms.Attempts:\n"},
	{"a claim that stores no POST", "shared/closing/claim.go", "	c.PostedAt = now\n", ""},
	{"a refusal that is not counted", "shared/closing/record.go", "tally.Day, tally.Currency, tally.Failures = DayOf(now), currency, 1", "tally.Day, tally.Currency, tally.Failures = DayOf(now), currency, 0"},
	{"a lapsed claim that is never looked at", "shared/closing/look.go", "	case c.State == Closing:\n		return c.settled(now), Tally{}, true\n", "	case c.State == Closing:\n		return c.rest(now.Add(t.Refresh), now, t), Tally{}, false\n"},
	{"a person who is never called", "shared/closing/person.go", "	return c.tell(ReasonDeadline)\n", "	return c\n"},
	{"a closed case that moves", "shared/closing/look.go", "	case c.State == Closed:\n		return c.contradicted(now), Tally{}, false\n", ""},
	{"a contradiction that is not noticed", "shared/closing/learn.go", "	return c.State.Finished() && !c.endsAs(n.Dispute.Status)\n", "	return false\n"},
}

const (
	windowed = `	if w.Now().Sub(claimedAt) >= w.Terms.Window {
		return answerOf(dispute.Dispute{}, errNotSent, c.ClosedFrom)
	}
	ctx, cancel := within(ctx, w.Terms.Reserve+w.Terms.Look)
	defer cancel()
	d, err := w.Provider.Close(ctx, c.ID, claimedAt.Add(w.Terms.Window))
`
	unwindowed = `	ctx, cancel := within(ctx, w.Terms.Reserve+w.Terms.Look)
	defer cancel()
	d, err := w.Provider.Close(ctx, c.ID, w.Now().Add(w.Terms.Window))
	_ = errNotSent
`
)
