package simulation

import (
	"disputecloser/shared/closing"
)

// Two rules on which L1 and S2 depend: news that armed a case is worked by a pass that began after it, and an
// operator's order stays until an operator withdraws it.

func (w *world) checkArmsAndOrders(c *change) {
	if c.before == nil {
		return
	}
	if c.before.Armed() && !c.after.Armed() && !c.by.passArm.Equal(c.before.ArmedAt) {
		w.breaks("L1", c.about, "an arm was cleared by a pass that began before it: nobody works on that news")
	}
	if c.becomes(closing.Failed) {
		c.about.failedAt = w.now
	}
	if c.by.role == operator && !sameOrder(c.before.Override, c.after.Override) {
		c.about.orderedAt = w.now
	}
	if c.by.role != operator && !sameOrder(c.before.Override, c.after.Override) {
		w.breaks("S2", c.about, "an operator's order was lost")
	}
}

func sameOrder(a, b *closing.Override) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Action == b.Action && a.Who == b.Who && a.At.Equal(b.At) && a.Agreed == b.Agreed
}

// onLoad notes for which arm a pass begins. A holder that loads again for its record does not begin a pass.
func (w *world) onLoad(a *actor, c closing.Case) {
	if a.role != closer || a.claim != nil {
		return
	}
	a.passArm = c.ArmedAt
	w.countLoad(a, &c)
}
