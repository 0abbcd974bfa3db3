package mutants

// MoneyPath are faults along the way from a webhook's first byte to the record of a close, over all of its packages, and
// the test that notices each.
var MoneyPath = []Noticed{
	{Mutant{"a signature of any age", "shared/wooshpay/signature.go", "case age > maxAge:", "case false:"}, "./shared/wooshpay", "TestVerify"},
	{Mutant{"an empty secret that signs", "shared/wooshpay/signature.go", "		if secret == \"\" {\n			continue\n		}\n", ""}, "./shared/wooshpay", "TestVerifyWithoutSecretsRefuses"},
	{Mutant{"an event of the other mode that is learned", "functions/webhook/webhook.go", "if h.isOtherMode(event.Livemode) || h.isOtherMode(d.Livemode) {", "if h.isOtherMode(event.Livemode) {"}, "./functions/webhook", "TestGenuineAndUnusable"},
	{Mutant{"a genuine event that is lost when the table fails", "functions/webhook/webhook.go", "		h.Log.ErrorContext(ctx, \"event not stored\"", "		return http.StatusOK\n		h.Log.ErrorContext(ctx, \"event not stored\""}, "./functions/webhook", "TestAnUnavailableLedgerHasItDeliveredAgain"},
	{Mutant{"a secret in quotes", "shared/secrets/secrets.go", "	value, err := s.field.value(aws.ToString(out.SecretString))\n", "	value, err := Text(aws.ToString(out.SecretString)), error(nil)\n"}, "./shared/secrets", "TestASigningSecretThatCannotBeOneIsRefusedAtStart"},
	{Mutant{"a deadline before the dispute", "shared/dispute/dispute.go", "	if due.Before(created) {\n", "	if false {\n"}, "./shared/dispute", "TestDueByBeforeCreatedIsUnknown"},
	{Mutant{"a date of any year", "shared/dispute/instant.go", "n < year2000 || n >= year2100", "n < year2000"}, "./shared/dispute", "TestInstants"},
	{Mutant{"a refund in part that counts as none", "shared/dispute/dispute.go", "case Is(whole, true) || amount > 0:", "case Is(whole, true):"}, "./shared/dispute", "TestCharges"},
	{Mutant{"a charge that is taken for a dispute", "shared/dispute/kind.go", "		return fmt.Sprintf(\"its object is %.40q\", named)\n", "		_ = fmt.Sprint\n		return \"\"\n"}, "./shared/dispute", "TestKindsOfObjects"},
	{Mutant{"an age before the creation", "shared/policy/facts.go", "!d.Created.IsZero() && age >= -maxLead", "!d.Created.IsZero()"}, "./shared/policy", "TestAge"},
	{Mutant{"a refunded dispute that is only kept", "shared/policy/guard.go", "		return Review\n", "		return Keep\n"}, "./shared/policy", "TestOnlyARefundAsksForAPerson"},
	{Mutant{"an inquiry that an operator closes", "shared/policy/guard.go", "		return s == dispute.NeedsResponse\n", "		return s.Class() == dispute.Closable\n"}, "./shared/closing", "TestGuards"},
	{Mutant{"an operator's close of any amount", "shared/policy/guard.go", "case agreed != nil && *agreed != dispute.Money{Amount: amount, Currency: f.Currency}:", "case false:"}, "./shared/closing", "TestGuards"},
	{Mutant{"a close of another amount on one hold", "shared/closing/close.go", "	if held && c.Spent != wants {\n", "	if false {\n"}, "./shared/closing", "TestAHoldForAnotherAmountWaits"},
	{Mutant{"slow looks that nobody hears of", "shared/closing/work.go", "if errors.Is(err, errStale) && (!again || OutOfTime(ctx, w.Now(), 2*w.Terms.Look+w.Terms.NeedsForClose())) {", "if false {"}, "./shared/closing", "TestSlowLooksAreFailedLooks"},
	{Mutant{"an answer that is about another dispute", "shared/wooshpay/client.go", "	if d.ID != id {\n", "	if false {\n"}, "./functions", "TestFieldTheAnswerIsAboutSomethingElse"},
	{Mutant{"an answer about other money", "shared/closing/outcome.go", "	c = c.compared(p.dispute, now)\n", ""}, "./shared/closing", "TestTheAnswerIsAboutOtherMoney"},
	{Mutant{"a look after the close about other money", "shared/closing/outcome.go", "		c = c.compared(l.Dispute, now)\n", "		_ = l\n"}, "./shared/closing", "TestTheLookAfterTheCloseIsAboutSomethingElse"},
	{Mutant{"a charge that is not offered, taken for a passing fault", "shared/wooshpay/client.go", "		err = fault.Mark(fault.Permanent, err)\n", "		_ = fault.Permanent\n"}, "./functions", "TestFieldTheChargeDecides"},
	{Mutant{"a conflict with WooshPay that is final", "shared/wooshpay/refusal.go", "case http.StatusUnauthorized, http.StatusForbidden, http.StatusConflict, http.StatusTooManyRequests:\n		return fault.Retryable", "case http.StatusConflict:\n		return fault.Permanent\n	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:\n		return fault.Retryable"}, "./shared/wooshpay", "TestAStatusSaysWhatMayBeDone"},
	{Mutant{"an answer without its Date", "shared/wooshpay/send.go", "	got := answer{date: dateOf(resp.Header)}\n", "	_ = dateOf(resp.Header)\n	got := answer{}\n"}, "./shared/wooshpay", "TestALookHasItsAnswersDate"},
	{Mutant{"a pause that is called a spent budget", "shared/dynamo/claim.go", "var refusals = []error{closing.ErrPaused, closing.ErrBudget}", "var refusals = []error{closing.ErrBudget, closing.ErrPaused}"}, "./shared/dynamo", "TestReasonsOfACancelledClaim"},
	{Mutant{"a busy claim that is a conflict", "shared/dynamo/claim.go", "			return errBusy\n", "			return closing.ErrConflict\n"}, "./shared/dynamo", "TestABusyClaimIsTriedAgain"},
	{Mutant{"an unreadable case that blocks its shard", "functions/closer/closer.go", "		return true\n	}\n	if err != nil {\n", "	}\n	if err != nil {\n"}, "./functions/closer", "TestACaseThatCannotBeReadIsPassedOver"},
	{Mutant{"a batch that goes on without time", "functions/closer/closer.go", "if i > 0 && closing.OutOfTime(ctx, h.Closer.Now(), h.Closer.Terms.NeedsForClose()) {", "if false {"}, "./functions/closer", "TestWithoutTimeTheRestIsNamedUntried"},
	{Mutant{"a contradiction that nobody counts", "shared/metrics/watcher.go", "n.Reason == closing.ReasonContradiction", "n.Reason == \"\""}, "./shared/metrics", "TestWhatEachNoteCounts"},
	{Mutant{"a list that repeats itself and counts as read", "shared/closing/reconcile.go", "return page, ErrCircle\n", "r.ended = true\n"}, "./shared/closing", "TestWhatEndsAList"},
}
