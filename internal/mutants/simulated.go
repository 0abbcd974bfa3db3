package mutants

import "slices"

// Simulated are the faults that the simulation must catch: each named rule of the protocol left out, and other
// parts deliberately broken.
var Simulated = append(slices.DeleteFunc(slices.Clone(Protocol), checkedTwice), Broken...)

// checkedTwice reports whether leaving out the rule in one place breaks no promise, because another place keeps it too: the
// window is looked at before the POST and again as it leaves. Broken has what leaves out both.
func checkedTwice(m Mutant) bool { return m.Name == "Window" }

// Broken are parts that are broken in other ways than by leaving out a rule.
var Broken = []Mutant{
	{"a ledger that ignores versions on save", "internal/memory/ledger.go", "	if l.version(c.ID) != c.Version {\n", "	if false {\n"},
	{"a ledger that ignores versions on claim", "internal/memory/ledger.go", "	case l.version(c.ID) != c.Version:\n", "	case false:\n"},
	{"a ledger that loses a write", "internal/memory/ledger.go", "	l.put(next)\n	l.count(t)\n", "	if next.Version%7 != 3 {\n		l.put(next)\n		l.count(t)\n	}\n"},
	{"a ledger that loses a claim", "internal/memory/ledger.go", "	l.put(next)\n	if !b.Held {\n", "	if next.Version%2 == 0 {\n		l.put(next)\n	}\n	if !b.Held {\n"},
	{"a claim without budget check", "internal/memory/ledger.go", "	return b.Held || b.Amount >= 0 &&", "	return true || b.Amount >= 0 &&"},
	{"a claim without the check of failures", "internal/memory/ledger.go", "if spent.Failures >= b.Limit.Failures {", "if false {"},
	{"a claim that ignores the pause", "internal/memory/ledger.go", "	case position == closing.Paused:\n		return closing.ErrPaused\n	case position != closing.On:\n", "	case position == closing.Off:\n"},
	{"a claim although closing is off", "internal/memory/ledger.go", "	case position != closing.On:\n", "	case false:\n"},
	{"a resume for any table", "internal/memory/controls.go", "(l.own == \"\" || l.onFor != l.own)", "l.onFor == \"\""},
	{"a claim that spends nothing", "internal/memory/ledger.go", "	if !b.Held {\n		l.count", "	if false {\n		l.count"},
	{"a closer that skips the look", "shared/closing/work.go", "	look := w.lookWithCharge(ctx, c.ID)\n", "	look := Look{SentAt: w.Now(), SafeAt: w.Now(), Dispute: c.Dispute, Refunded: dispute.Known(false)}\n"},
	{"no guard of the status", "shared/policy/guard.go", "	case !closable(dispute.Status(f.Status), agreed != nil):\n", "	case false:\n"},
	{"no guard of the mode", "shared/policy/guard.go", "	case !dispute.Is(f.Livemode, livemode):\n", "	case false:\n"},
	{"an unknown mode passes", "shared/policy/guard.go", "	case !dispute.Is(f.Livemode, livemode):\n", "	case dispute.Is(f.Livemode, !livemode):\n"},
	{"no guard of the amount", "shared/policy/guard.go", "	case !known || amount < 1:\n", "	case !known && amount < 0:\n"},
	{"an operator's order for any amount", "shared/policy/guard.go", "	case agreed != nil && *agreed != dispute.Money{Amount: amount, Currency: f.Currency}:\n", "	case false:\n"},
	{"no guard of a refunded charge", "shared/policy/guard.go", "	case p.refundStops(f.Refunded):\n", "	case false:\n"},
	{"an unknown refund that permits", "shared/policy/guard.go", "	return !p.RefundsUnavailable()\n", "	return false\n"},
	{"a known refund that stops nothing where WooshPay may not tell", "shared/policy/guard.go", "		return value\n", "		return value && !p.RefundsUnavailable()\n"},
	{"a refund that ends in keep", "shared/policy/guard.go", "	if g == GuardRefunded {\n", "	if g == \"\" {\n"},
	{"no guard of the ceiling", "shared/policy/guard.go", "	case !hasCeiling || amount > ceiling:\n", "	case !hasCeiling || amount > ceiling+1_000_000:\n"},
	{"no guard of the budget", "shared/policy/guard.go", "	case !hasBudget || amount > budget.Amount || budget.Closes < 1:\n", "	case hasBudget && amount > budget.Amount+1_000_000:\n"},
	{"an unread charge that is believed", "shared/closing/work.go", "		look.Err = fmt.Errorf(\"look at the charge of dispute %s: %w\", id, err)\n", "		charge.Refunded = dispute.Known(false)\n"},
	{"an error of the charge that is swallowed", "shared/closing/work.go", "		look.Err = fmt.Errorf(\"look at the charge of dispute %s: %w\", id, err)\n", "		look.Silence = err.Error()\n"},
	{"an error of the charge that lasts and fails every look", "shared/closing/work.go", "	case fault.Of(err) == fault.Permanent:\n		look.Silence", "	case false:\n		look.Silence"},
	{"an expanded charge that permits", "shared/closing/work.go", "	look.Refunded = charge.Refunded\n", "	look.Refunded = charge.Refunded\n	if look.Dispute.ChargeRefunded.IsKnown() {\n		look.Refunded = look.Dispute.ChargeRefunded\n	}\n"},
	{"an expanded charge that is ignored", "shared/policy/facts.go", "	if dispute.Is(d.ChargeRefunded, true) {\n", "	if false {\n"},
	{"an unknown refund without its reason", "shared/closing/decide.go", "		d.Doubt, d.GuardReason = []string{\"refunded\"}, l.Silence\n", "		d.Doubt = []string{\"refunded\"}\n"},
	{"a claim that has lapsed by our clock only", "shared/closing/work.go", "		l.SafeAt = sent\n", "		_ = sent\n"},
	{"no guard of the clock", "shared/closing/close.go", "off > t.Skew {\n", "off > 1000*time.Hour {\n"},
	{"a grace that begins by our clock", "shared/closing/work.go", "look.latest(now, w.Terms), now, w.Terms)", "now, now, w.Terms)"},
	{"a closed case that goes missing", "shared/closing/outcome.go", "	case c.State.Finished() && agrees:\n		return c.finish(c.State, now)\n", "	case c.State == Resolved && agrees:\n		return c.finish(c.State, now)\n"},
	{"a contradicted case that goes missing", "shared/closing/outcome.go", "	switch agrees := c.endsAs(c.Dispute.Status); {\n", "	switch agrees := c.State.Finished(); {\n"},
	{"a case that never goes missing", "shared/closing/work.go", "		if now.Sub(c.UnknownSince) >= t.Unknown && c.Lapsed(now) {\n", "		if false {\n"},
	{"a case that goes missing at once", "shared/closing/work.go", "		if now.Sub(c.UnknownSince) >= t.Unknown && c.Lapsed(now) {\n", "		if c.Lapsed(now) {\n"},
	{"a missing case that nobody is told of", "shared/closing/outcome.go", ".tell(ReasonMissing)\n", "\n"},
	{"a missing case that the list does not open", "shared/closing/reconcile.go", "	case c.State == Missing || c.Dispute.Status != d.Status:\n", "	case c.Dispute.Status != d.Status:\n"},
	{"a missing case that no news opens", "shared/closing/learn.go", "	case Missing:\n		return false\n", "	case Missing:\n		return true\n"},
	{"an unknown dispute that counts as an outage", "shared/closing/work.go", "		return NoteUnknown\n", "		return NoteLookFailed\n"},
	{"a failed look that counts as a look", "shared/closing/work.go", "	return NoteLookFailed\n", "	return NoteLooked\n"},
	{"looks that fail for days and nobody is told", "shared/closing/work.go", "		c = c.tell(ReasonLooks)\n", "		_ = ReasonLooks\n"},
	{"looks that are too old and not stored", "shared/closing/work.go", "	if errors.Is(err, errStale) && (!again || OutOfTime(ctx, w.Now(), 2*w.Terms.Look+w.Terms.NeedsForClose())) {\n", "	if false {\n"},
	{"failed looks that are never cleared", "shared/closing/work.go", "	c.FailedLooks, c.LastError = 0, \"\"\n", "	c.LastError = \"\"\n"},
	{"a Retry-After of a look that is ignored", "shared/closing/work.go", "backOff(c.FailedLooks, fault.RetryAfter(err))", "backOff(c.FailedLooks, 0)"},
	{"a Retry-After of a close that is ignored", "shared/closing/outcome.go", "		return c.putOff(fault.RetryAfter(p.err), now, t)\n", "		return c.putOff(0, now, t)\n"},
	{"an order on a failed case that is never acted on", "shared/closing/operator.go", "	if c.State == Failed {\n		c = c.released()\n	}\n", ""},
	{"a reminder that has passed and draws the date", "shared/closing/schedule.go", "r.After(now) && at.After(r)", "at.After(r)"},
	{"an answer about other money that nobody is told of", "shared/closing/outcome.go", "	c = c.compared(p.dispute, now)\n", ""},
	{"a look after a close about other money that nobody is told of", "shared/closing/outcome.go", "		c = c.compared(l.Dispute, now)\n", "		_ = l\n"},
	{"an answer about another dispute that nobody is told of", "shared/closing/outcome.go", "		if errors.Is(err, dispute.ErrOther) {\n", "		if errors.Is(err, dispute.ErrOther) && false {\n"},
	{"a later look about other money that nobody is told of", "shared/closing/work.go", "		c = c.compared(l.Dispute, now)\n", "		_ = l\n"},
	{"a later look about another dispute that nobody is told of", "shared/closing/work.go", "	if c.State == Closing && errors.Is(err, dispute.ErrOther) {\n", "	if c.State == Closed && errors.Is(err, dispute.ErrOther) {\n"},
	{"an unknown status that nobody is told of", "shared/closing/decide.go", "		c = c.tell(ReasonStatus)\n", "		_ = ReasonStatus\n"},
	{"a plan after the deadline that nobody is told of", "shared/closing/decide.go", "		return c.tell(ReasonLate)\n", "		return c\n"},
	{"a review that nobody is told of", "shared/closing/decide.go", "		c = c.tell(ReasonReview)\n", "		_ = ReasonReview\n"},
	{"Window, looked at nowhere", "shared/closing/close.go", windowed, unwindowed},
	{"a POST that may leave long after the window", "shared/closing/close.go", "w.Provider.Close(ctx, c.ID, claimedAt.Add(w.Terms.Window))", "w.Provider.Close(ctx, c.ID, claimedAt.Add(24*time.Hour))"},
	{"a closer that retries the POST", "shared/closing/close.go", "	return answerOf(d, err, c.ClosedFrom)\n}\n\n// lookAfter", "	if err != nil {\n		d, err = w.Provider.Close(ctx, c.ID, claimedAt.Add(w.Terms.Window))\n	}\n	return answerOf(d, err, c.ClosedFrom)\n}\n\n// lookAfter"},
	{"a closer that records on any claim", "shared/closing/close.go", "if c.State != Closing || c.ClaimID != claimed.ClaimID {", "if c.State != Closing {"},
	{"a closer that forgets an operator's keep", "shared/closing/decide.go", "	facts := policy.FactsOf(", "	if c.Override != nil && c.Override.Action == policy.Keep {\n		c.Override = nil\n	}\n	facts := policy.FactsOf("},
	{"a decoder that swaps seconds and milliseconds", "shared/dispute/instant.go", "	if n < firstMs {\n", "	if n >= firstMs {\n"},
	{"a decoder that reads milliseconds as seconds", "shared/dispute/instant.go", "	if n < firstMs {\n", "	if n < firstMs*1_000_000 {\n"},
	{"a decoder that reads dates an hour early", "shared/dispute/instant.go", "	return time.UnixMilli(n).UTC()\n", "	return time.UnixMilli(n).Add(-time.Hour).UTC()\n"},
	{"a decoder that reads seconds an hour early", "shared/dispute/instant.go", "		n = max(n, 0) * 1000\n", "		n = max(n, 0)*1000 - 3_600_000\n"},
	{"unknown counts as true", "shared/policy/condition.go", "	if !known {\n		return Unknown\n	}\n	return outcome", "	if !known {\n		return Yes\n	}\n	return outcome"},
	{"an unknown word counts as true", "shared/policy/condition.go", "	if value == \"\" {\n		return Unknown\n	}\n	return truth(slices", "	if value == \"\" {\n		return Yes\n	}\n	return truth(slices"},
	{"a keep rule needs certainty", "shared/policy/policy.go", "	least := Unknown\n", "	least := Yes\n"},
	{"shadow rules decide", "shared/policy/explain.go", "		if r.shadow {\n			continue\n		}\n", ""},
	{"a shadow policy closes", "shared/closing/decide.go", "	if d.Action != policy.Close || d.Shadow {\n", "	if d.Action != policy.Close {\n"},
	{"the last rule that matches decides", "shared/policy/explain.go", "			d.Action, d.Rule, d.Clock = r.verdict.Action, r.verdict.Rule, r.verdict.Clock\n			break\n", "			d.Action, d.Rule, d.Clock = r.verdict.Action, r.verdict.Rule, r.verdict.Clock\n"},
	{"a lapsed claim counts from the look's end", "shared/closing/case.go", "return t.After(c.ClaimUntil)", "return t.Add(45 * time.Second).After(c.ClaimUntil)"},
	{"a case that was won returns its spend at once", "shared/closing/outcome.go", "	case lapsed:\n", "	default:\n"},
	{"a refused close that counts as ours", "shared/closing/outcome.go", "	case l.showsClosed(c) && (p.answer == unknown || c.Doubt):\n", "	case l.showsClosed(c):\n"},
	{"a refused close at another end that leaves a doubt", "shared/closing/outcome.go", "c.unposted().returned(now)\n		return c.resolved", "c.returned(now)\n		return c.resolved"},
	{"an unknown answer that counts as refused", "shared/closing/outcome.go", "	case fault.Of(err) == fault.Retryable:\n", "	case fault.Of(err) != fault.Permanent:\n"},
	{"attempts without end", "shared/closing/work.go", "	case next.Attempts >= w.Terms.Attempts:\n", "	case next.Attempts >= 1000*w.Terms.Attempts:\n"},
	{"a claim that stores no POST", "shared/closing/close.go", "	c.PostedAt = now\n", ""},
	{"a refusal that is not counted", "shared/closing/outcome.go", "tally.Day, tally.Currency, tally.Failures = cmp.Or(tally.Day, DayOf(now)), currency, 1", "tally.Day, tally.Currency, tally.Failures = cmp.Or(tally.Day, DayOf(now)), currency, 0"},
	{"a lapsed claim that is never looked at", "shared/closing/work.go", "	case c.State == Closing:\n		return c.settled(now), Tally{}, true\n", "	case c.State == Closing:\n		return c.rest(now.Add(t.Refresh), now, t), Tally{}, false\n"},
	{"a person who is never called", "shared/closing/schedule.go", "	return c.tell(ReasonDeadline)\n", "	return c\n"},
	{"a closed case that moves", "shared/closing/work.go", "	case c.State == Closed:\n		return c.contradicted(now), Tally{}, false\n", ""},
	{"a contradiction that is not noticed", "shared/closing/learn.go", "	return c.State.Finished() && !c.endsAs(n.Dispute.Status)\n", "	return false\n"},
}

const (
	windowed = `	if w.Now().Sub(claimedAt) >= w.Terms.Window {
		return answerOf(dispute.Dispute{}, errNotSent, c.ClosedFrom)
	}
	ctx, cancel := WithReserve(ctx, w.Terms.Reserve+w.Terms.Look)
	defer cancel()
	d, err := w.Provider.Close(ctx, c.ID, claimedAt.Add(w.Terms.Window))
`
	unwindowed = `	ctx, cancel := WithReserve(ctx, w.Terms.Reserve+w.Terms.Look)
	defer cancel()
	d, err := w.Provider.Close(ctx, c.ID, w.Now().Add(w.Terms.Window))
	_ = errNotSent
`
)
