package wooshpay

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

func TestListSendsItsFiltersAsABody(t *testing.T) {
	from := time.Unix(1669643926, 999).UTC()
	tests := []struct {
		query ListQuery
		want  string
	}{
		{ListQuery{}, `{"limit":100}`},
		{ListQuery{Limit: 101}, `{"limit":100}`},
		{ListQuery{CreatedFrom: from, StartingAfter: "dp_9", Limit: 2}, `{"created":{"gte":1669643926},"limit":2,"starting_after":"dp_9"}`},
	}
	for _, test := range tests {
		rec, url := record(t, `{"data":[]}`)
		if _, err := newClient(t, Config{BaseURL: url}).List(t.Context(), test.query); err != nil {
			t.Fatal(err)
		}
		if rec.bodies[0] != test.want {
			t.Errorf("sent %s, want %s", rec.bodies[0], test.want)
		}
	}
}

func TestParsePage(t *testing.T) {
	var unsaid dispute.Maybe[bool]
	yes, no := dispute.Known(true), dispute.Known(false)
	tests := []struct {
		name, body string
		ids        string
		unreadable int
		more       dispute.Maybe[bool]
		next       string
	}{
		{"empty", `{"object":"list","has_more":false,"data":[]}`, "", 0, no, ""},
		{"last", `{"has_more":false,"data":[{"id":"dp_1"},{"id":1234567890123456789}]}`, "dp_1 1234567890123456789", 0, no, "1234567890123456789"},
		{"more", `{"has_more":true,"data":[{"id":"dp_1"},{"id":"dp_2"}]}`, "dp_1 dp_2", 0, yes, "dp_2"},
		{"unreadable entries", `{"has_more":true,"data":[null,{"id":"dp_1"},7,"x",[],{"amount":1},{"id":null}]}`, "dp_1", 6, yes, "dp_1"},
		{"nothing readable", `{"has_more":true,"data":[{}]}`, "", 1, yes, ""},
		{"more without any", `{"has_more":true,"data":[]}`, "", 0, yes, ""},
		{"has_more is missing", `{"data":[{"id":"dp_1"}]}`, "dp_1", 0, unsaid, "dp_1"},
		{"has_more is null", `{"has_more":null,"data":[{"id":"dp_1"}]}`, "dp_1", 0, unsaid, "dp_1"},
		{"has_more is a text", `{"has_more":"false","data":[{"id":"dp_1"}]}`, "dp_1", 0, unsaid, "dp_1"},
		{"has_more is a number", `{"has_more":0,"data":[{"id":"dp_1"}]}`, "dp_1", 0, unsaid, "dp_1"},
	}
	for _, test := range tests {
		page, err := parsePage([]byte(test.body))
		var ids []string
		for _, d := range page.Disputes {
			ids = append(ids, string(d.ID))
		}
		if err != nil || strings.Join(ids, " ") != test.ids || page.Unreadable != test.unreadable || page.HasMore != test.more || page.Next != test.next {
			t.Errorf("%s: got %v, %+v, %v", test.name, ids, page, err)
		}
	}
}

func TestWhatIsNoListIsAFailedLook(t *testing.T) {
	for _, body := range []string{"", "null", "[]", `{}`, `{"data":null}`, `{"data":{}}`, `{"data":[`, "<html>"} {
		_, url := record(t, body)
		_, err := newClient(t, Config{BaseURL: url}).List(t.Context(), ListQuery{})
		wantClass(t, err, fault.Ambiguous)
		if errors.Is(err, ErrListUnavailable) {
			t.Errorf("%q passed for a missing list", body)
		}
	}
}

func TestAListThatIsNotOfferedIsSaidToBe(t *testing.T) {
	for status, unavailable := range map[int]bool{404: true, 405: true, 400: false, 401: false, 403: false, 429: false, 500: false, 501: false} {
		p := servePlain(t, func(conn net.Conn, _ *http.Request) { reply(conn, status, "", "") })
		_, err := newClient(t, Config{BaseURL: p.url}).List(t.Context(), ListQuery{})
		if err == nil || errors.Is(err, ErrListUnavailable) != unavailable {
			t.Errorf("%d: got %v", status, err)
		}
	}
}

// If the first page was read, the list is offered: a 404 for a later cursor is a failed look.
func TestAListThatBreaksOffIsNotMissing(t *testing.T) {
	for _, status := range []int{404, 405} {
		p := servePlain(t, func(conn net.Conn, _ *http.Request) { reply(conn, status, "", "") })
		_, err := newClient(t, Config{BaseURL: p.url}).List(t.Context(), ListQuery{StartingAfter: "dp_1"})
		if err == nil || errors.Is(err, ErrListUnavailable) {
			t.Errorf("%d: got %v", status, err)
		}
	}
}

func TestAPageMayBeLarge(t *testing.T) {
	entry := `{"id":"dp_1","x":"` + strings.Repeat("x", 70<<10) + `"},`
	full := `{"data":[` + strings.TrimSuffix(strings.Repeat(entry, 100), ",") + `]}`
	for body, fits := range map[string]bool{full: true, full + strings.Repeat(" ", maxList): false} {
		_, url := record(t, body)
		page, err := newClient(t, Config{BaseURL: url}).List(t.Context(), ListQuery{})
		if (err == nil) != fits || fits && len(page.Disputes) != 100 {
			t.Errorf("%d bytes: got %d disputes, %v", len(body), len(page.Disputes), err)
		}
	}
}
