package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	queues "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/rogpeppe/go-internal/testscript"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// fakeMessage is a message of a queue.
type fakeMessage struct {
	queues.Message
	taken, deleted bool
}

// ReceiveMessage gives one message at a time, and hides it.
func (f *fakeAWS) ReceiveMessage(_ context.Context, in *sqs.ReceiveMessageInput, _ ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error) {
	if err := f.refused["ReceiveMessage"]; err != nil {
		return nil, err
	}
	for _, m := range f.messages[*in.QueueUrl] {
		if !m.taken && !m.deleted {
			m.taken = true
			return &sqs.ReceiveMessageOutput{Messages: []queues.Message{m.Message}}, nil
		}
	}
	return &sqs.ReceiveMessageOutput{}, nil
}

// failsEvilly puts messages into the failure queues whose every text is evil.
func (f *fakeAWS) failsEvilly(evil string) {
	of := func(id string, body any) *fakeMessage {
		text, err := json.Marshal(body)
		if err != nil {
			panic(err)
		}
		return &fakeMessage{Message: queues.Message{
			MessageId: aws.String(id + evil), ReceiptHandle: aws.String(id), Body: aws.String(string(text)),
			Attributes: map[string]string{"SentTimestamp": fmt.Sprint(time.Now().UnixMilli())},
		}}
	}
	context := map[string]any{"functionArn": "arn:aws:lambda:r:a:function:" + strings.ReplaceAll(evil, ":", ""), "condition": evil}
	f.messages["https://sqs/records"] = []*fakeMessage{of("1", map[string]any{"requestContext": context, "DDBStreamBatchInfo": map[string]any{"batchSize": 1}})}
	f.messages["https://sqs/runs"] = []*fakeMessage{
		of("2", map[string]any{"requestContext": context, "responsePayload": map[string]any{"errorMessage": evil}}), of("3", evil),
	}
}

func (f *fakeAWS) message(queue, receipt string) *fakeMessage {
	for _, m := range f.messages[queue] {
		if *m.ReceiptHandle == receipt {
			return m
		}
	}
	panic("there is no message " + receipt)
}

func (f *fakeAWS) DeleteMessage(_ context.Context, in *sqs.DeleteMessageInput, _ ...func(*sqs.Options)) (*sqs.DeleteMessageOutput, error) {
	if err := f.refused["DeleteMessage"]; err != nil {
		return nil, err
	}
	f.message(*in.QueueUrl, *in.ReceiptHandle).deleted = true
	return &sqs.DeleteMessageOutput{}, nil
}

func (f *fakeAWS) ChangeMessageVisibility(_ context.Context, in *sqs.ChangeMessageVisibilityInput, _ ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityOutput, error) {
	if err := f.refused["ChangeMessageVisibility"]; err != nil {
		return nil, err
	}
	f.message(*in.QueueUrl, *in.ReceiptHandle).taken = false
	return &sqs.ChangeMessageVisibilityOutput{}, nil
}

// Invoke starts the sweep, and nothing else.
func (f *fakeAWS) Invoke(_ context.Context, in *lambda.InvokeInput, _ ...func(*lambda.Options)) (*lambda.InvokeOutput, error) {
	if *in.FunctionName != f.outputs["SweepFunction"] || in.InvocationType != "Event" {
		panic("invoked " + *in.FunctionName)
	}
	if err := f.refused["Invoke"]; err != nil {
		return nil, err
	}
	f.swept()
	return &lambda.InvokeOutput{}, nil
}

// fails puts a file of the page into a queue, records or runs, as a message that was sent now: `fails records m1 batch.json`.
// Further words are message attributes, such as TARGET_ARN=arn.
func (w *deployed) fails(ts *testscript.TestScript, _ bool, args []string) {
	body, err := os.ReadFile(filepath.Join(w.dir, args[2]))
	ts.Check(err)
	m := queues.Message{
		MessageId: aws.String(args[1]), ReceiptHandle: aws.String("receipt-" + args[1]), Body: aws.String(string(body)),
		Attributes:        map[string]string{"SentTimestamp": fmt.Sprint(w.at.UnixMilli())},
		MessageAttributes: map[string]queues.MessageAttributeValue{},
	}
	for _, attribute := range args[3:] {
		name, value, _ := strings.Cut(attribute, "=")
		m.MessageAttributes[name] = queues.MessageAttributeValue{StringValue: aws.String(value)}
	}
	queue := "https://sqs/" + args[0]
	w.aws.messages[queue] = append(w.aws.messages[queue], &fakeMessage{Message: m})
}

// holds compares the ids of a queue's messages that everybody sees.
func (w *deployed) holds(ts *testscript.TestScript, _ bool, args []string) {
	var ids []string
	for _, m := range w.aws.messages["https://sqs/"+args[0]] {
		if !m.taken && !m.deleted {
			ids = append(ids, *m.MessageId)
		}
	}
	if got, want := strings.Join(ids, " "), strings.Join(args[1:], " "); got != want {
		ts.Fatalf("queue %s holds %q, want %q", args[0], got, want)
	}
}

// due stores a case that is armed, and due since some time ago: `due dp_1 10m`.
func (w *deployed) due(ts *testscript.TestScript, _ bool, args []string) {
	ago, err := time.ParseDuration(args[1])
	ts.Check(err)
	at := w.at.Add(-ago)
	d, err := dispute.Parse(fmt.Appendf(nil, `{"id":%q,"amount":1200,"currency":"usd","status":"needs_response"}`, args[0]))
	ts.Check(err)
	c := closing.Case{ID: d.ID, State: closing.Open, Dispute: d, ObservedAt: at, DueAt: at, ArmedAt: at}
	_, err = w.ledger.Save(context.Background(), c, closing.Tally{})
	ts.Check(err)
}

// works has the closer work every due case at once when the sweep is started.
func (w *deployed) works(ts *testscript.TestScript, _ bool, _ []string) {
	w.aws.swept = func() {
		page, _, err := w.ledger.Due(context.Background(), w.at, 100, "")
		ts.Check(err)
		for _, d := range page {
			c, err := w.ledger.Load(context.Background(), d.ID)
			ts.Check(err)
			c.ArmedAt, c.DueAt = time.Time{}, w.at.Add(24*time.Hour)
			_, err = w.ledger.Save(context.Background(), c, closing.Tally{})
			ts.Check(err)
		}
	}
}

// logs writes a line with this message to the logs, now.
func (w *deployed) logs(_ *testscript.TestScript, _ bool, args []string) {
	w.aws.log(w.at, fmt.Sprintf(`{"message":%q}`, strings.Join(args, " ")))
}
