package analysis

import "disputecloser/shared/policy"

// refunds warns of a policy for which an unknown refund stops nothing.
func (c *checker) refunds() {
	at := Path("/refunds")
	if c.doc.Refunds != policy.RefundsUnavailable || !c.sound(at) {
		return
	}
	c.report(Problem{Kind: Refunds, At: at,
		Message: "disputes are closed although nobody knows whether their charge was refunded, and then conceding pays twice",
		Hint:    "leave it out if WooshPay says it on your account: `disputectl doctor` reads a real charge and says which value fits"})
}
