package wooshpay

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// A look says what WooshPay's clock showed, also where the answer refuses it or is about something else.
func TestALookHasItsAnswersDate(t *testing.T) {
	date := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name, header, body string
		status             int
		want               time.Time
	}{
		{"an answer", date.Format(http.TimeFormat), openBody, http.StatusOK, date},
		{"a refusal", date.Format(http.TimeFormat), "", http.StatusNotFound, date},
		{"another dispute", date.Format(http.TimeFormat), `{"id":"dp_2"}`, http.StatusOK, date},
		{"an unreadable date", "yesterday", openBody, http.StatusOK, time.Time{}},
		{"no date", "", openBody, http.StatusOK, time.Time{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Date"] = nil
				if tc.header != "" {
					w.Header().Set("Date", tc.header)
				}
				w.WriteHeader(tc.status)
				_, _ = w.Write([]byte(tc.body))
			}))
			defer server.Close()
			_, got, err := newClient(t, Config{BaseURL: server.URL, Key: testAPIKey}).Get(t.Context(), disputeID)
			if !got.Equal(tc.want) {
				t.Errorf("dated %s, want %s; %v", got, tc.want, err)
			}
			if other := errors.Is(err, dispute.ErrOther); other != (tc.name == "another dispute") {
				t.Errorf("another dispute: %t; %v", other, err)
			}
		})
	}
}

// What WooshPay lastingly does not say of a charge is told apart from what it does not say this time.
func TestWhatARefusedReadOfAChargeMeans(t *testing.T) {
	for status, want := range map[int]fault.Class{
		http.StatusNotFound: fault.Permanent, http.StatusMethodNotAllowed: fault.Permanent, http.StatusBadRequest: fault.Ambiguous,
		http.StatusUnauthorized: fault.Retryable, http.StatusForbidden: fault.Retryable, http.StatusTooManyRequests: fault.Retryable,
		http.StatusInternalServerError: fault.Ambiguous, http.StatusServiceUnavailable: fault.Ambiguous, http.StatusFound: fault.Ambiguous,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		_, err := newClient(t, Config{BaseURL: server.URL, Key: testAPIKey}).GetCharge(t.Context(), "ch_1")
		if got := fault.Of(err); err == nil || got != want {
			t.Errorf("%d: %s, want %s; %v", status, got, want, err)
		}
		server.Close()
	}
}
