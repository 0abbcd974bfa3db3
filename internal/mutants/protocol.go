package mutants

// Protocol leaves out one named rule of the close protocol each. The test of the same name in shared/closing
// notices it.
var Protocol = []Mutant{
	{"CloseAt", "shared/closing/decide.go", "later(later(c.CloseAt, c.RetryAt), c.ClaimUntil)", "later(c.RetryAt, c.ClaimUntil)"},
	{"FreshClaimID", "shared/closing/closer.go", "c.claim(w.NewID(), l", `c.claim("claim", l`},
	{"SkewInClaim", "shared/closing/terms.go", "t.Window + t.Request + t.Settle + t.Skew", "t.Window + t.Request + t.Settle"},
	{"LearnPassive", "shared/closing/learn.go", "	c = c.saw(n.EventID)\n", "	c = c.saw(n.EventID)\n	if n.Dispute.Status == dispute.Lost {\n		c.State = Resolved\n	}\n"},
	{"ArmSetsDue", "shared/closing/due.go", "if c.DueAt.IsZero() || c.DueAt.After(now) {", "if c.DueAt.IsZero() {"},
	{"ArmBumps", "internal/memory/ledger.go", "	next.Version++\n", "	if next.ArmedAt.IsZero() || next.Version == 0 {\n		next.Version++\n	}\n"},
	{"SweepRearms", "shared/closing/sweeper.go", "c.Armed() && !c.ArmedAt.Before(start)", "c.Armed()"},
	{"ReleaseGuard", "shared/closing/operator.go", "if c.State == Closing || !c.Lapsed(now) {", "if c.State == Closed {"},
	{"HandsOff", "shared/closing/look.go", "return c.State == Closing && !c.Ambiguous && !c.Lapsed(now)", "return false"},
	{"OnlyLost", "shared/closing/look.go", "return l.Err == nil && c.ClosedFrom.MayFollowClose(l.Dispute.Status)", "return l.showsEnd()"},
	{"AttrDoubt", "shared/closing/look.go", "case l.showsClosed(c) && !c.PostedAt.IsZero():", "case false:"},
	{"WonReturns", "shared/closing/look.go", "		c, tally = c.returned(now)\n", "		tally = Tally{}\n"},
	{"KeepClaim", "shared/closing/look.go", "		c.ClaimUntil = until\n", "		_ = until\n"},
	{"Settle", "shared/closing/look.go", "case c.State == Closing && !c.Lapsed(l.SafeAt):", "case false:"},
	{"SettleAtLook", "shared/closing/look.go", "case c.State == Closing && !c.Lapsed(l.SafeAt):", "case c.State == Closing && !c.Lapsed(now):"},
	{"TrueClock", "shared/closing/look.go", "		l.SafeAt = sent\n", "		_ = sent\n"},
	{"ReadCharge", "shared/closing/closer.go", "		look.Err = fmt.Errorf(\"look at the charge of dispute %s: %w\", id, err)\n", "		charge.Refunded = dispute.Known(false)\n"},
	{"GraceLive", "shared/closing/decide.go", "	return c.unplanned().saidDecision(before, now).remind", "	if c.PlannedAt.IsZero() {\n		c.PlannedAt = now\n	}\n	return c.saidDecision(before, now).remind"},
	{"DueCap", "shared/closing/due.go", "		at = r\n", "		_ = r\n"},
	{"KeepNewArm", "shared/closing/record.go", "if !armed.IsZero() {", "if false {"},
	{"SpendOnce", "shared/closing/claim.go", "Held: held, Limit", "Held: false, Limit"},
	{"LookFresh", "shared/closing/claim.go", "if now.Sub(l.SentAt) > t.Fresh {", "if false {"},
	{"Window", "shared/closing/closer.go", "if w.Now().Sub(claimedAt) >= w.Terms.Window {", "if false {"},
	{"OKAmbiguous", "shared/closing/record.go", "case err == nil && from.MayFollowClose(d.Status):", "case err == nil:"},
	{"ReturnCertain", "shared/closing/record.go", "	if c.Doubt {\n		return c, Tally{}\n	}\n", ""},
	{"ClearPosted", "shared/closing/record.go", "	if !c.Doubt {\n		c.PostedAt = time.Time{}\n	}\n	return c\n", "	return c\n"},
	{"TxnReturn", "shared/closing/closer.go", "saved, err := w.Ledger.Save(ctx, next, tally)", "_ = tally\n		saved, err := w.Ledger.Save(ctx, next, Tally{})"},
}
