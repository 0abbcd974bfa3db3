//go:build parts && load

package load

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"disputecloser/internal/sandbox"
	"disputecloser/shared/dispute"
)

// deal returns every webhook of the burst. A dispute's events and an event's duplicates are near each other, as they
// are in life, so that they meet.
func deal(t *testing.T) []sandbox.Event {
	t.Helper()
	wooshpay := sandbox.New(sandbox.Options{})
	for i := range disputes {
		id := dispute.ID(fmt.Sprintf("dp_load_%05d", i))
		_, err := wooshpay.Open(sandbox.Dispute{ID: id, Amount: int64(100 + i), Charge: "ch_" + string(id), ReasonCode: "13.1"})
		if err == nil && i < changed {
			_, err = wooshpay.SubmitEvidence(id, map[string]string{"uncategorized_text": "sent"})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	known := wooshpay.Events()
	random := rand.New(rand.NewPCG(1, 2))
	for _, i := range random.Perm(len(known))[:duplicates] {
		known = append(known, known[i])
	}
	if len(known) != webhooks {
		t.Fatalf("%d webhooks, want %d", len(known), webhooks)
	}
	place := make(map[dispute.ID]int, disputes)
	for i, order := range random.Perm(disputes) {
		place[dispute.ID(fmt.Sprintf("dp_load_%05d", i))] = order
	}
	slices.SortStableFunc(known, func(a, b sandbox.Event) int { return place[about(t, a)] - place[about(t, b)] })
	return known
}

// dealOne returns many different events of one dispute.
func dealOne(t *testing.T) []sandbox.Event {
	t.Helper()
	wooshpay := sandbox.New(sandbox.Options{})
	if _, err := wooshpay.Open(sandbox.Dispute{ID: "dp_load", Amount: 900, Charge: "ch_load", ReasonCode: "13.1"}); err != nil {
		t.Fatal(err)
	}
	first := wooshpay.Events()[0]
	many := make([]sandbox.Event, ofOne)
	for i := range many {
		many[i].ID = fmt.Sprintf("evt_load_%03d", i)
		many[i].Body = bytes.Replace(first.Body, []byte(first.ID), []byte(many[i].ID), 1)
	}
	return many
}

// about returns the dispute that an event is about.
func about(t *testing.T, e sandbox.Event) dispute.ID {
	t.Helper()
	var body struct {
		Data struct{ Object struct{ ID dispute.ID } }
	}
	if err := json.Unmarshal(e.Body, &body); err != nil {
		t.Fatal(err)
	}
	return body.Data.Object.ID
}
