package analysis

import "disputecloser/shared/policy"

// refunds warns of a policy for which an unknown refund stops nothing.
func (c *checker) refunds() {
	at := Path("/refunds")
	if c.doc.Refunds != policy.RefundsUnavailable || !c.sound(at) {
		return
	}
	c.report(Problem{Kind: Refunds, At: at,
		Message: "disputes are closed even if it is unknown whether their charge was refunded; conceding a refunded one pays twice",
		Hint:    "remove it if WooshPay reports refunds to your account: `disputectl doctor` reads a real charge and says which value fits"})
}
