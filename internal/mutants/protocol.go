package mutants

// Protocol leaves out one named rule of the close protocol each. The test of the same name in shared/closing
// notices it.
var Protocol = []Mutant{
	{"CloseAt", "shared/closing/decide.go", "later(later(c.CloseAt, c.RetryAt), c.ClaimUntil)", "later(c.RetryAt, c.ClaimUntil)"},
	{"FreshClaimID", "shared/closing/close.go", "c.claim(w.NewID(), l", `c.claim("claim", l`},
	{"SkewInClaim", "shared/closing/schedule.go", "t.Window + t.Request + t.Settle + t.Skew", "t.Window + t.Request + t.Settle"},
	{"LearnPassive", "shared/closing/learn.go", "	c = c.saw(n.EventID)\n", "	c = c.saw(n.EventID)\n	if n.Dispute.Status == dispute.Lost {\n		c.State = Resolved\n	}\n"},
	{"ArmSetsDue", "shared/closing/schedule.go", "if c.DueAt.IsZero() || c.DueAt.After(now) {", "if c.DueAt.IsZero() {"},
	{"ArmBumps", "internal/memory/ledger.go", "	next.Version++\n", "	if next.ArmedAt.IsZero() || next.Version == 0 {\n		next.Version++\n	}\n"},
	{"SweepRearms", "shared/closing/sweep.go", "c.Armed() && !c.ArmedAt.Before(start)", "c.Armed()"},
	{"ReleaseGuard", "shared/closing/operator.go", "if c.State == Closing || !c.Lapsed(now) {", "if c.State == Closed {"},
	{"HandsOff", "shared/closing/work.go", "return c.State == Closing && !c.Ambiguous && !c.Lapsed(now)", "return false"},
	{"OnlyLost", "shared/closing/outcome.go", "return l.Err == nil && c.ClosedFrom.MayFollowClose(l.Dispute.Status)", "return l.showsEnd()"},
	{"AttrDoubt", "shared/closing/outcome.go", "case l.showsClosed(c) && !c.PostedAt.IsZero():", "case false:"},
	{"WonReturns", "shared/closing/outcome.go", "		c, tally = c.returned(now)\n", "		tally = Tally{}\n"},
	{"KeepClaim", "shared/closing/outcome.go", "		c.ClaimUntil = until\n", "		_ = until\n"},
	{"Settle", "shared/closing/work.go", "case c.State == Closing && !c.Lapsed(l.SafeAt):", "case false:"},
	{"SettleAtLook", "shared/closing/work.go", "case c.State == Closing && !c.Lapsed(l.SafeAt):", "case c.State == Closing && !c.Lapsed(now):"},
	{"TrueClock", "shared/closing/work.go", "		l.SafeAt = sent\n", "		_ = sent\n"},
	{"ReadCharge", "shared/closing/work.go", "		look.Err = fmt.Errorf(\"look at the charge of dispute %s: %w\", id, err)\n", "		charge.Refunded = dispute.Known(false)\n"},
	{"GraceLive", "shared/closing/decide.go", "		return c.unplanned().rest(now.Add(t.Refresh), now, t)\n", "		if c.PlannedAt.IsZero() {\n			c.PlannedAt = now\n		}\n		return c.rest(now.Add(t.Refresh), now, t)\n"},
	{"DueCap", "shared/closing/schedule.go", "		at = r\n", "		_ = r\n"},
	{"KeepNewArm", "shared/closing/outcome.go", "if !armed.IsZero() {", "if false {"},
	{"SpendOnce", "shared/closing/close.go", "Held: held, Limit", "Held: false, Limit"},
	{"LookFresh", "shared/closing/close.go", "if now.Sub(l.SentAt) > t.Fresh {", "if false {"},
	{"Window", "shared/closing/close.go", "if w.Now().Sub(claimedAt) >= w.Terms.Window {", "if false {"},
	{"OKAmbiguous", "shared/closing/outcome.go", "case err == nil && from.MayFollowClose(d.Status):", "case err == nil:"},
	{"ReturnCertain", "shared/closing/outcome.go", "	if c.Doubt {\n		return c, Tally{}\n	}\n", ""},
	{"ClearPosted", "shared/closing/outcome.go", "	if !c.Doubt {\n		c.PostedAt = time.Time{}\n	}\n	return c\n", "	return c\n"},
	{"TxnReturn", "shared/closing/close.go", "saved, err := w.Ledger.Save(ctx, next, tally)", "_ = tally\n		saved, err := w.Ledger.Save(ctx, next, Tally{})"},
}
