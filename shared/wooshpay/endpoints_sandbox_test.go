package wooshpay_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"disputecloser/internal/sandbox"
	"disputecloser/shared/dispute"
	"disputecloser/shared/wooshpay"
)

func TestCreateAndListEndpoints(t *testing.T) {
	s := httptest.NewServer(sandbox.New(sandbox.Options{}))
	defer s.Close()
	c, err := wooshpay.New(wooshpay.Config{BaseURL: s.URL, Key: wooshpay.FixedKey("sk_test_x")})
	if err != nil {
		t.Fatal(err)
	}
	created, secret, err := c.CreateEndpoint(t.Context(), "https://example.com/webhook", "what for", wooshpay.DisputeEvents())
	if err != nil || !strings.HasPrefix(secret, "whsec_") || !dispute.Is(created.Livemode, false) {
		t.Fatalf("got %+v, %v", created, err)
	}
	if !created.Hears("charge.dispute.funds_reinstated") || created.Hears("charge.refunded") {
		t.Errorf("hears %v", created.Events)
	}
	if shown := fmt.Sprintf("%+v", created); strings.Contains(shown, secret) {
		t.Errorf("the endpoint shows its secret: %s", shown)
	}
	list, err := c.ListEndpoints(t.Context())
	listed := list.Endpoints
	if err != nil || len(listed) != 1 || listed[0].ID != created.ID || listed[0].Status != "enabled" || !slices.Equal(listed[0].Events, wooshpay.DisputeEvents()) {
		t.Errorf("got %+v, %v", listed, err)
	}
}
