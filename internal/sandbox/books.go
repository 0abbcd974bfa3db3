package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"disputecloser/shared/dispute"
)

// Books is what WooshPay knows: pure state, without clock, network or goroutine, so that the same calls always
// lead to the same state. Values handed out are never changed afterwards. It is not safe for concurrent use.
type Books struct {
	// Livemode is the mode of all objects.
	Livemode bool
	// MsEvents makes events carry instants in milliseconds, as WooshPay's only sample of a dispute event does.
	MsEvents bool
	// RepeatExecutes makes a close of what a close ended be executed again, and logged as executed. Otherwise it
	// is refused with 400. Which of the two WooshPay does is unknown.
	RepeatExecutes bool

	disputes   map[dispute.ID]Dispute
	charges    map[string]Charge
	endpoints  []Endpoint
	events     []Event
	deliveries []Delivery
	calls      map[dispute.ID][]CloseCall
	ids        map[string]int
}

// NewBooks returns empty books.
func NewBooks() *Books {
	return &Books{
		disputes: map[dispute.ID]Dispute{},
		charges:  map[string]Charge{},
		calls:    map[dispute.ID][]CloseCall{},
		ids:      map[string]int{},
	}
}

// Clone returns the books as they stand, to answer from them later.
func (b *Books) Clone() *Books {
	c := *b
	c.disputes, c.charges, c.ids = maps.Clone(b.disputes), maps.Clone(b.charges), maps.Clone(b.ids)
	c.calls = maps.Clone(b.calls)
	for id := range c.calls {
		c.calls[id] = slices.Clone(c.calls[id])
	}
	c.endpoints, c.events, c.deliveries = slices.Clone(b.endpoints), slices.Clone(b.events), slices.Clone(b.deliveries)
	return &c
}

func (b *Books) nextID(prefix string) string {
	b.ids[prefix]++
	return fmt.Sprintf("%s_%08d", prefix, b.ids[prefix])
}

// Dispute returns a dispute as it stands, or a *RefusalError with 404.
func (b *Books) Dispute(id dispute.ID) (Dispute, error) {
	d, ok := b.disputes[id]
	if !ok {
		return Dispute{}, missing("dispute", string(id))
	}
	return b.shown(d), nil
}

// shown returns the dispute with its charge in it, if it is to be shown so.
func (b *Books) shown(d Dispute) Dispute {
	d.charge = nil
	if charge, ok := b.charges[d.Charge]; ok && d.ExpandCharge {
		d.charge = &charge
	}
	return d
}

// Charge returns a charge as it stands, or a *RefusalError with 404.
func (b *Books) Charge(id string) (Charge, error) {
	c, ok := b.charges[id]
	if !ok {
		return Charge{}, missing("charge", id)
	}
	return c, nil
}

// Open stores a new dispute, and its charge if it is not known yet, and announces it as charge.dispute.created.
// What is empty is filled in: an id, a charge, usd, needs_response, created now, an answer due in 19 days.
// It returns a *RefusalError with 400 if the id is taken.
func (b *Books) Open(d Dispute, now time.Time) (Dispute, error) {
	d, err := b.OpenSilently(d, now)
	if err == nil {
		b.announce(typeCreated, d.inEvent(b.MsEvents), now)
	}
	return d, err
}

// OpenSilently is Open without the event, as if it had been lost.
func (b *Books) OpenSilently(d Dispute, now time.Time) (Dispute, error) {
	if _, taken := b.disputes[d.ID]; taken {
		return Dispute{}, invalid("resource_already_exists", "dispute %s exists already", d.ID)
	}
	if d.ID == "" {
		d.ID = dispute.ID(b.nextID("dp"))
	}
	d = d.filled(b.Livemode, now)
	b.disputes[d.ID] = d
	if _, known := b.charges[d.Charge]; !known && d.Charge != "" {
		b.charges[d.Charge] = chargeOf(d)
	}
	return b.shown(d), nil
}
