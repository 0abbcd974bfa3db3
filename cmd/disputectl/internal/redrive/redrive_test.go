package redrive_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"disputecloser/cmd/disputectl/internal/redrive"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// world is the queues, the due index and the logs of a stack. Only the queue of records has messages.
type world struct {
	messages []types.Message
	endless  bool
	hidden   string
	due      []closing.Due
	ran      []time.Time
	asked    []string
	deleted  []string
}

func (w *world) GetQueueAttributes(context.Context, *sqs.GetQueueAttributesInput, ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error) {
	return &sqs.GetQueueAttributesOutput{Attributes: map[string]string{"ApproximateNumberOfMessagesNotVisible": w.hidden}}, nil
}

func (w *world) ReceiveMessage(_ context.Context, in *sqs.ReceiveMessageInput, _ ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error) {
	if *in.QueueUrl != "records" {
		return &sqs.ReceiveMessageOutput{}, nil
	}
	page := w.messages
	w.messages = nil
	if w.endless {
		for i := range 10 {
			page = append(page, message(fmt.Sprint(len(w.asked), "-", i), "{}"))
		}
		w.asked = append(w.asked, "")
	}
	return &sqs.ReceiveMessageOutput{Messages: page}, nil
}

func (w *world) DeleteMessage(_ context.Context, in *sqs.DeleteMessageInput, _ ...func(*sqs.Options)) (*sqs.DeleteMessageOutput, error) {
	w.deleted = append(w.deleted, *in.ReceiptHandle)
	return &sqs.DeleteMessageOutput{}, nil
}

func (*world) ChangeMessageVisibility(context.Context, *sqs.ChangeMessageVisibilityInput, ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityOutput, error) {
	return &sqs.ChangeMessageVisibilityOutput{}, nil
}

// FilterLogEvents has a page without lines before the one with the first run.
func (w *world) FilterLogEvents(_ context.Context, in *cloudwatchlogs.FilterLogEventsInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error) {
	w.asked = append(w.asked, *in.LogGroupName+" "+*in.FilterPattern)
	if in.NextToken == nil {
		return &cloudwatchlogs.FilterLogEventsOutput{NextToken: aws.String("2")}, nil
	}
	for _, at := range w.ran {
		if at.UnixMilli() >= *in.StartTime {
			return &cloudwatchlogs.FilterLogEventsOutput{Events: []logs.FilteredLogEvent{{Timestamp: aws.Int64(at.UnixMilli())}}}, nil
		}
	}
	return &cloudwatchlogs.FilterLogEventsOutput{}, nil
}

// Due lists the cases in pages of two.
func (w *world) Due(_ context.Context, before time.Time, _ int, cursor string) ([]closing.Due, string, error) {
	at := 0
	_, _ = fmt.Sscan(cursor, &at) // zero at the beginning
	var due []closing.Due
	for _, d := range w.due {
		if !d.At.After(before) {
			due = append(due, d)
		}
	}
	if at+2 < len(due) {
		return due[at : at+2], fmt.Sprint(at + 2), nil
	}
	return due[at:], "", nil
}

func (w *world) stack() redrive.Stack {
	return redrive.Stack{
		Queues: w, Logs: w, Due: w, Now: func() time.Time { return noon },
		Records: redrive.Queue{Name: "UndeliveredRecords", URL: "records"}, Runs: redrive.Queue{Name: "UndeliveredRuns", URL: "runs"},
		Scheduled: map[string]redrive.Scheduled{"test-Sweep": {Log: "sweep-log", Done: "swept"}},
	}
}

// message is one that was sent an hour ago.
func message(id, body string) types.Message {
	return types.Message{
		MessageId: &id, ReceiptHandle: &id, Body: &body,
		Attributes: map[string]string{"SentTimestamp": fmt.Sprint(noon.Add(-time.Hour).UnixMilli())},
	}
}

const (
	batch = `{"requestContext":{"functionArn":"arn:aws:lambda:eu-west-1:123456789012:function:test-Closer","condition":"RetryAttemptsExhausted"},"DDBStreamBatchInfo":{"batchSize":3}}`
	run   = `{"requestContext":{"functionArn":"arn:aws:lambda:eu-west-1:123456789012:function:test-Sweep:live","condition":"RetriesExhausted"},"responsePayload":{"errorMessage":"sweep: no"}}`
)

func (w *world) judged(t *testing.T) *redrive.Found {
	t.Helper()
	w.hidden = "0"
	found, err := w.stack().Receive(t.Context())
	if err == nil {
		err = w.stack().Judge(t.Context(), found)
	}
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestWhatAMessageSays(t *testing.T) {
	scheduled := message("4", "{}")
	scheduled.MessageAttributes = map[string]types.MessageAttributeValue{
		"TARGET_ARN": {StringValue: aws.String("arn:aws:lambda:eu-west-1:123456789012:function:test-Sweep")},
		"ERROR_CODE": {StringValue: aws.String("AccessDenied")}, "ERROR_MESSAGE": {StringValue: aws.String("no")},
	}
	undated := message("5", run)
	undated.Attributes = nil
	w := &world{messages: []types.Message{
		message("1", batch), message("2", run), message("3", "{"), scheduled, undated, message("6", `{"requestContext":{"functionArn":"arn:short"}}`), message("1", batch),
	}}
	var got []string
	for _, m := range w.judged(t).Messages {
		got = append(got, fmt.Sprintf("%s %s %s %s %s %d", m.ID, m.Kind, m.Function, m.Why, m.Error, m.Size))
	}
	want := []string{
		"1 records test-Closer RetryAttemptsExhausted  3", "2 run test-Sweep RetriesExhausted sweep: no 0", "3 odd    0",
		"4 not_started test-Sweep  AccessDenied: no 0", "5 odd test-Sweep RetriesExhausted sweep: no 0", "6 run    0",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestRecordsAreHealedWhenNothingIsDueSinceThen and not before: deleted, a message is gone.
func TestRecordsAreHealedWhenNothingIsDueSinceThen(t *testing.T) {
	gaveUp := noon.Add(-time.Hour)
	for name, test := range map[string]struct {
		due    []closing.Due
		healed bool
	}{
		"nothing is due":    {nil, true},
		"due later":         {[]closing.Due{{ID: "dp_1", At: gaveUp.Add(time.Second)}}, true},
		"due then":          {[]closing.Due{{ID: "dp_1", At: gaveUp}}, false},
		"due at no instant": {[]closing.Due{{ID: "dp_1"}}, false},
	} {
		w := &world{messages: []types.Message{message("1", batch)}, due: test.due}
		found := w.judged(t)
		if healed := found.Messages[0].Healed != ""; healed != test.healed || found.Healed() > 0 != test.healed {
			t.Errorf("%s: healed %t, waiting %v", name, healed, found.Waiting)
		}
		if err := w.stack().Clear(t.Context(), found, nil); err != nil || len(w.deleted) > 0 != test.healed || found.Left() == 0 != test.healed {
			t.Errorf("%s: deleted %v, %v", name, w.deleted, err)
		}
	}
}

// TestManyWaitingCasesHealNothing although not all of them were read.
func TestManyWaitingCasesHealNothing(t *testing.T) {
	w := &world{messages: []types.Message{message("1", batch)}}
	for i := range 150 {
		w.due = append(w.due, closing.Due{ID: dispute.ID(fmt.Sprint("dp_", i)), At: noon.Add(-2 * time.Hour)})
	}
	if found := w.judged(t); !found.Cut || len(found.Waiting) != 100 || found.Healed() > 0 {
		t.Errorf("cut %t, %d waiting, %d healed", found.Cut, len(found.Waiting), found.Healed())
	}
}

// TestARunIsHealedByALaterOne of the same function that succeeded.
func TestARunIsHealedByALaterOne(t *testing.T) {
	for name, test := range map[string]struct {
		ran    []time.Time
		healed bool
	}{
		"none since": {[]time.Time{noon.Add(-2 * time.Hour)}, false}, "one since": {[]time.Time{noon.Add(-2 * time.Hour), noon.Add(-time.Minute)}, true},
	} {
		w := &world{messages: []types.Message{message("1", run), message("2", strings.ReplaceAll(run, "Sweep", "Other"))}, ran: test.ran}
		found := w.judged(t)
		if healed := found.Messages[0].Healed != ""; healed != test.healed || found.Messages[1].Healed != "" {
			t.Errorf("%s: %+v", name, found.Messages)
		}
		if w.asked[0] != `sweep-log { $.message = "swept" }` {
			t.Errorf("asked %v", w.asked)
		}
	}
}

func TestAQueueIsReadWithinBounds(t *testing.T) {
	w := &world{endless: true, hidden: "0"}
	found, err := w.stack().Receive(t.Context())
	if err != nil || !found.More || len(found.Messages) != redrive.MostMessages {
		t.Errorf("%d messages, more %t, %v", len(found.Messages), found.More, err)
	}
	w = &world{hidden: "many"}
	if _, err := w.stack().Receive(t.Context()); err == nil || !strings.Contains(err.Error(), `its number of hidden messages is "many"`) {
		t.Errorf("got %v", err)
	}
}

func TestOnlyWhatIsNamedIsForgotten(t *testing.T) {
	w := &world{messages: []types.Message{message("1", "{}"), message("2", "{}")}}
	found := w.judged(t)
	if err := w.stack().Clear(t.Context(), found, []string{"2"}); err != nil || fmt.Sprint(w.deleted) != "[2]" || found.Left() != 1 {
		t.Errorf("deleted %v, %v", w.deleted, err)
	}
}
