package mutants

// Watched are faults in what people are told, and the test that notices each.
var Watched = []Noticed{
	{Mutant{"a mail that fails unseen", "functions/closer/report.go", "		h.Meter.Count(metrics.MailFailed)\n", ""}, "./functions/closer", "TestAMailThatFailsIsLoggedAndCounted"},
	{Mutant{"a refund that is called a rule's wish", "functions/closer/letter.go", "finer == closing.ReasonRefund || ", ""}, "./functions/closer", "TestAReviewSaysWhatTheCaseKnows"},
	{Mutant{"an id that a shell would run", "functions/closer/letter.go", "			return '?'\n", "			return r\n"}, "./functions/closer", "TestLetters"},
	{Mutant{"a budget that is measured by amount only", "functions/closer/report.go", "max(percent(spent.Closes, limit.Closes), percent(spent.Amount, limit.Amount))", "percent(spent.Amount, limit.Amount)"}, "./functions/closer", "TestAfterACloseTheGaugeShowsWhatIsSpent"},
	{Mutant{"a pause that the gauge calls on", "functions/sweep/sweep.go", "control.Switch == closing.On", "control.Switch != closing.Off"}, "./functions/sweep", "TestRecordsWhetherClosingIsOn"},
	{Mutant{"a failed reconciliation that counts as a run", "functions/reconcile/reconcile.go", "	if err == nil {\n		h.Meter.Count(metrics.Reconciled)\n", "	if found.Cut == \"\" || err != nil {\n		h.Meter.Count(metrics.Reconciled)\n"}, "./functions/reconcile", "TestAFailingListIsLoggedAndReturned"},
	{Mutant{"a wrong secret that nobody hears of", "functions/webhook/webhook.go", "errors.Is(err, wooshpay.ErrMismatch) {\n		h.Meter", "false {\n		h.Meter"}, "./functions/webhook", "TestUnverifiedRequestsTouchNoLedger"},
}
