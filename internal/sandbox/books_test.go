package sandbox

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"disputecloser/internal/seedtest"
	"disputecloser/shared/dispute"
)

const seedFile = "../seedtest/testdata/close-a-dispute.openapi.yaml"

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func opened(t *testing.T, b *Books, d Dispute) Dispute {
	t.Helper()
	d, err := b.Open(d, start)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func wantStatus(t *testing.T, err error, status int) {
	t.Helper()
	var refusal *RefusalError
	if !errors.As(err, &refusal) || refusal.Status != status {
		t.Errorf("got %v, want a refusal with %d", err, status)
	}
}

func TestADisputeHasTheDocumentsFields(t *testing.T) {
	doc := seedtest.Load(t, seedFile)
	d := opened(t, NewBooks(), Dispute{Charge: "ch_1", PaymentIntent: "pi_1"})
	body, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.CheckDispute(body); err != nil {
		t.Error(err)
	}
	var fields map[string]json.RawMessage
	var evidence map[string]*string
	if err := errors.Join(json.Unmarshal(body, &fields), json.Unmarshal(fields["evidence"], &evidence)); err != nil {
		t.Fatal(err)
	}
	wantNames(t, "dispute", fields, doc.Fields())
	wantNames(t, "evidence", evidence, doc.EvidenceFields())
	if len(evidence) != 27 {
		t.Errorf("evidence has %d fields", len(evidence))
	}
	for field, text := range evidence {
		if text != nil {
			t.Errorf("%s is %q, want null", field, *text)
		}
	}
}

func wantNames[V any](t *testing.T, what string, got map[string]V, want []string) {
	t.Helper()
	for _, name := range want {
		if _, ok := got[name]; !ok {
			t.Errorf("%s lacks %s", what, name)
		}
	}
	for name := range got {
		if !slices.Contains(want, name) {
			t.Errorf("%s has %s, which the document does not know", what, name)
		}
	}
}

func TestOpenFillsWhatIsEmpty(t *testing.T) {
	b := NewBooks()
	d := opened(t, b, Dispute{Amount: 1500, Charge: "ch_1"})
	if d.ID == "" || d.Currency != "usd" || d.Status != dispute.NeedsResponse || d.Created != start.Unix() ||
		*d.EvidenceDetails.DueBy != start.Add(answerTime).Unix() {
		t.Errorf("opened %+v", d)
	}
	c, err := b.Charge("ch_1")
	if err != nil || c.Amount != 1500 || c.Refunded {
		t.Errorf("got the charge %+v, %v", c, err)
	}
	if second := opened(t, b, Dispute{}); second.ID == d.ID {
		t.Error("two disputes have one id")
	}
	_, err = b.Open(d, start)
	wantStatus(t, err, http.StatusBadRequest)
}

func TestUnknownIDsAreMissing(t *testing.T) {
	b := NewBooks()
	_, disputeErr := b.Dispute("dp_x")
	_, closeErr := b.Close("dp_x", start)
	_, moveErr := b.SetStatus("dp_x", dispute.Won, start)
	_, evidenceErr := b.SubmitEvidence("dp_x", nil, start)
	_, chargeErr := b.Charge("ch_x")
	_, refundErr := b.Refund("ch_x", 0, start)
	_, rotateErr := b.RotateSecret("we_x")
	for _, err := range []error{disputeErr, closeErr, moveErr, evidenceErr, chargeErr, refundErr, rotateErr} {
		wantStatus(t, err, http.StatusNotFound)
	}
}

func TestClose(t *testing.T) {
	closable := map[dispute.Status]dispute.Status{
		dispute.NeedsResponse: dispute.Lost, dispute.WarningNeedsResponse: dispute.WarningClosed,
	}
	for _, status := range append(dispute.Statuses(), "never seen") {
		b := NewBooks()
		id := opened(t, b, Dispute{Status: status}).ID
		d, err := b.Close(id, start)
		if want, ok := closable[status]; ok {
			if err != nil || d.Status != want || len(b.Closes()[id]) != 1 {
				t.Errorf("%s: got %s, %v", status, d.Status, err)
			}
			continue
		}
		wantStatus(t, err, http.StatusBadRequest)
		if calls := b.CloseCalls()[id]; len(b.Closes()) != 0 || len(calls) != 1 || calls[0].Outcome != Refused {
			t.Errorf("%s: logged %v", status, calls)
		}
	}
}

func TestASecondCloseIsSeen(t *testing.T) {
	for _, repeats := range []bool{false, true} {
		b := NewBooks()
		b.RepeatExecutes = repeats
		id := opened(t, b, Dispute{}).ID
		_, first := b.Close(id, start)
		_, second := b.Close(id, start.Add(time.Hour))
		if first != nil || (second == nil) != repeats {
			t.Fatalf("got %v and %v", first, second)
		}
		outcome := b.CloseCalls()[id][1].Outcome
		if repeats && (len(b.Closes()[id]) != 2 || outcome != Executed) {
			t.Errorf("the log holds %v", b.Closes())
		}
		if !repeats && (len(b.Closes()[id]) != 1 || outcome != Repeated) {
			t.Errorf("the log holds %v", b.CloseCalls())
		}
	}
}

func TestOutsideHandsAreAnnounced(t *testing.T) {
	b := NewBooks()
	id := opened(t, b, Dispute{Charge: "ch_1", Amount: 1000}).ID
	warning := opened(t, b, Dispute{Charge: "ch_1", Status: dispute.EarlyDisputeWarning})
	silent, err := b.OpenSilently(Dispute{}, start)
	if err != nil {
		t.Fatal(err)
	}
	_, evidence := b.SubmitEvidence(id, map[string]string{"receipt": "file_1"}, start)
	_, won := b.SetStatus(id, dispute.Won, start)
	_, part := b.Refund("ch_1", 400, start)
	_, tooMuch := b.Refund("ch_1", 601, start)
	_, rest := b.Refund("ch_1", 0, start)
	_, closed := b.Close(silent.ID, start)
	if err := errors.Join(evidence, won, part, rest, closed); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, tooMuch, http.StatusBadRequest)
	var types []string
	for _, e := range b.Events() {
		types = append(types, strings.TrimPrefix(e.Type, "charge."))
	}
	want := "dispute.created dispute.created dispute.updated dispute.closed refunded dispute.closed refunded dispute.closed"
	if got := strings.Join(types, " "); got != want {
		t.Errorf("announced %s\nwant      %s", got, want)
	}
	if d, _ := b.Dispute(warning.ID); d.Status != dispute.EarlyDisputeResolved {
		t.Errorf("the warning is %s after the refund", d.Status)
	}
	if c, _ := b.Charge("ch_1"); !c.Refunded || c.AmountRefunded != 1000 {
		t.Errorf("the charge is %+v", c)
	}
}

func TestSubmittedEvidenceGoesUnderReview(t *testing.T) {
	b := NewBooks()
	first := opened(t, b, Dispute{})
	d, err := b.SubmitEvidence(first.ID, map[string]string{"receipt": "file_1"}, start.Add(answerTime+time.Second))
	if err != nil || d.Status != dispute.UnderReview || *d.Evidence["receipt"] != "file_1" ||
		d.EvidenceDetails.SubmissionCount != 1 || !d.EvidenceDetails.HasEvidence || !d.EvidenceDetails.PastDue {
		t.Errorf("got %+v, %v", d, err)
	}
	if first.Evidence["receipt"] != nil {
		t.Error("a value handed out was changed")
	}
	_, err = b.SubmitEvidence(first.ID, nil, start)
	wantStatus(t, err, http.StatusBadRequest)
	inquiry := opened(t, b, Dispute{Status: dispute.WarningNeedsResponse})
	if d, err = b.SubmitEvidence(inquiry.ID, nil, start); err != nil || d.Status != dispute.WarningUnderReview {
		t.Errorf("the inquiry is %s, %v", d.Status, err)
	}
}

func TestEventsDecodeInSecondsAndMilliseconds(t *testing.T) {
	for _, ms := range []bool{false, true} {
		b := NewBooks()
		b.MsEvents = ms
		opened(t, b, Dispute{Amount: 7})
		event, err := dispute.ParseEvent(b.Events()[0].Body)
		if err != nil || !event.Created.Equal(start) || event.Type != typeCreated || !dispute.Is(event.Livemode, false) {
			t.Fatalf("got %+v, %v", event, err)
		}
		d, err := event.Dispute()
		if err != nil || !d.Created.Equal(start) || !d.DueBy.Equal(start.Add(answerTime)) || !dispute.Is(d.Amount, 7) {
			t.Errorf("got %+v, %v", d, err)
		}
		if long := strings.Contains(string(d.Raw()), `"created":1772366400000`); long != ms {
			t.Errorf("milliseconds: %v, want %v: %s", long, ms, d.Raw())
		}
	}
}

func TestTheSameCallsLeadToTheSameBooks(t *testing.T) {
	play := func() *Books {
		b := NewBooks()
		_, _ = b.Register("https://example.org/", []string{"*"}, "", start)
		d, _ := b.Open(Dispute{Charge: "ch_1"}, start)
		_, _ = b.Close(d.ID, start)
		return b
	}
	one, two := play(), play()
	if !reflect.DeepEqual(one, two) {
		t.Error("two runs differ")
	}
	clone := one.Clone()
	_, _ = one.Open(Dispute{}, start)
	_, _ = one.Close("dp_00000001", start)
	one.Tried(0, true, start)
	if !reflect.DeepEqual(clone, two) {
		t.Error("a clone changed with its original")
	}
}
