package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"disputecloser/shared/dispute"
)

func listBooks(t *testing.T) *Books {
	t.Helper()
	b := NewBooks()
	for i := range 5 {
		d := Dispute{ID: dispute.ID(fmt.Sprint("dp_", i)), Charge: fmt.Sprint("ch_", i%2), PaymentIntent: fmt.Sprint("pi_", i)}
		if _, err := b.Open(d, start.Add(time.Duration(i)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func TestList(t *testing.T) {
	b := listBooks(t)
	second := start.Add(time.Hour).Unix()
	tests := []struct {
		filters, want string
		more          bool
	}{
		{`{}`, "43210", false},
		{`{"limit":2}`, "43", true},
		{`{"limit":2,"starting_after":"dp_3"}`, "21", true},
		{`{"limit":2,"starting_after":"dp_1"}`, "0", false},
		{`{"limit":5}`, "43210", false},
		{`{"limit":2,"ending_before":"dp_1"}`, "32", true},
		{`{"limit":2,"ending_before":"dp_3"}`, "4", false},
		{`{"starting_after":"dp_3","ending_before":"dp_0"}`, "21", false},
		{`{"starting_after":"dp_0","ending_before":"dp_3"}`, "", false},
		{`{"charge":"ch_1"}`, "31", false},
		{`{"payment_intent":"pi_2"}`, "2", false},
		{fmt.Sprintf(`{"created":{"gt":%d}}`, second), "432", false},
		{fmt.Sprintf(`{"created":{"gte":%d}}`, second), "4321", false},
		{fmt.Sprintf(`{"created":{"lt":%d}}`, second), "0", false},
		{fmt.Sprintf(`{"created":{"lte":%d}}`, second), "10", false},
	}
	for _, test := range tests {
		var f Filters
		if err := json.Unmarshal([]byte(test.filters), &f); err != nil {
			t.Fatal(err)
		}
		page, err := b.List(f)
		got := ""
		for _, d := range page.Data {
			got += strings.TrimPrefix(string(d.ID), "dp_")
		}
		if err != nil || got != test.want || page.HasMore != test.more || page.Object != "list" {
			t.Errorf("%s: got %q, more %v, %v", test.filters, got, page.HasMore, err)
		}
	}
}

func TestListRefusesWhatItCannotUse(t *testing.T) {
	b := listBooks(t)
	for _, filters := range []string{`{"limit":0}`, `{"limit":101}`, `{"limit":-1}`, `{"starting_after":"dp_9"}`, `{"ending_before":"dp_9"}`} {
		var f Filters
		if err := json.Unmarshal([]byte(filters), &f); err != nil {
			t.Fatal(err)
		}
		_, err := b.List(f)
		wantStatus(t, err, http.StatusBadRequest)
	}
}

func TestAListOfManyHasTenAPage(t *testing.T) {
	b := NewBooks()
	for range 11 {
		opened(t, b, Dispute{})
	}
	if page, err := b.List(Filters{}); err != nil || len(page.Data) != defaultLimit || !page.HasMore {
		t.Errorf("got %d, %v, %v", len(page.Data), page.HasMore, err)
	}
	if page, err := NewBooks().List(Filters{}); err != nil || page.Data == nil {
		t.Errorf("an empty page has data %v, %v; want a list", page.Data, err)
	}
}
