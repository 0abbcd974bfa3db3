package mutants

// Noticed is a mutant that one test must notice.
type Noticed struct {
	Mutant

	// Package and Test say which.
	Package, Test string
}

// Named are the faults that no history of the simulation can show, and the tests that notice them.
var Named = []Noticed{
	{Mutant{"a POST that waits only as long as a look", "functions/dependencies.go", "CloseTimeout: d.terms.Request, ReadTimeout: d.terms.Look", "CloseTimeout: d.terms.Look, ReadTimeout: d.terms.Request"}, "./functions", "TestTimeoutsOfTheClient"},
	{Mutant{"a clock that stands still while its machine is frozen", "functions/start.go", "return time.Now().UTC().Round(0) }", "return time.Now() }"}, "./functions", "TestClockIsTheWallClock"},
	{Mutant{"a record under a context that was given up", "shared/closing/close.go", "context.WithTimeout(context.WithoutCancel(ctx), w.Terms.Reserve)", "context.WithTimeout(ctx, w.Terms.Reserve)"}, "./shared/closing", "TestARecordOutlivesItsCaller"},
	{Mutant{"a record that may take as long as it likes", "shared/closing/close.go", "context.WithTimeout(context.WithoutCancel(ctx), w.Terms.Reserve)", "context.WithCancel(context.WithoutCancel(ctx))"}, "./shared/closing", "TestARecordEndsWithItsReserve"},
	{Mutant{"a past day's budget that is returned", "shared/closing/outcome.go", "	if held.Day < DayOf(now) {\n", "	if false {\n"}, "./shared/closing", "TestPastDayIsNotReturned"},
	{Mutant{"a day that is not over whose budget is kept", "shared/closing/outcome.go", "	if held.Day < DayOf(now) {\n", "	if held.Day != DayOf(now) {\n"}, "./shared/closing", "TestADayThatIsNotOverIsReturned"},
	{Mutant{"a failure that takes its return to another day", "shared/closing/outcome.go", "cmp.Or(tally.Day, DayOf(now)), currency, 1\n", "cmp.Or(DayOf(now), tally.Day), currency, 1\n"}, "./shared/closing", "TestAFailureIsCountedWithItsReturn"},
	{Mutant{"a clock that may be behind, and counts as right", "shared/closing/work.go", "	if l.ClockOff >= 0 && behind <= t.Skew {\n", "	if l.ClockOff >= 0 {\n"}, "./shared/closing", "TestAStallHidesNoClockThatSeemsRight"},
	{Mutant{"dates by a clock that is ahead", "shared/closing/work.go", "return now.Add(-max(l.ClockOff, 0)) }", "return now }"}, "./shared/closing", "TestAPlanMadeFarAheadIsNotForgotten"},
	{Mutant{"a plan made far ahead that is never made anew", "shared/closing/decide.go", " || c.PlannedAt.After(from) {", " {"}, "./shared/closing", "TestAPlanMadeFarAheadIsNotForgotten"},
	{Mutant{"a plan made far ahead that is due only then", "shared/closing/decide.go", "from.After(now) && due.After(soon)", "false && due.After(soon)"}, "./shared/closing", "TestAPlanMadeFarAheadIsNotForgotten"},
	{Mutant{"the answer to a close dated by our clock", "shared/closing/outcome.go", "		c = c.shown(p.dispute, c.PostedAt.Add(-t.Skew))\n", "		c = c.shown(p.dispute, now)\n"}, "./shared/closing", "TestNewsJustAfterALookIsNotOld"},
	{Mutant{"the look after a close dated by our clock", "shared/closing/outcome.go", "		c = c.shown(l.Dispute, l.SafeAt)\n", "		c = c.shown(l.Dispute, l.SentAt)\n"}, "./shared/closing", "TestNewsJustAfterALookIsNotOld"},
	{Mutant{"a snapshot dated by the looker's clock", "shared/closing/work.go", "	c = c.shown(l.Dispute, l.SafeAt)\n", "	c = c.shown(l.Dispute, l.SentAt)\n"}, "./shared/closing", "TestNewsJustAfterALookIsNotOld"},
}
