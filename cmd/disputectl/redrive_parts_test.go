//go:build parts

package main

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	queues "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/dynamo"
)

// giveUp has Lambda give up on the record of a case: the closer cannot start while there is no API key, and here Lambda
// discards after a second what it discards after an hour.
func (s *stack) giveUp(id dispute.ID) {
	s.t.Helper()
	s.discardAfter(1)
	now := time.Now().UTC()
	d, err := dispute.Parse(fmt.Appendf(nil, `{"id":%q,"amount":900,"currency":"usd","status":"needs_response"}`, id))
	if err != nil {
		s.t.Fatal(err)
	}
	ledger := dynamo.New(dynamodb.NewFromConfig(s.aws.Config(), dynamo.Options), s.resource("Table"), "")
	c := closing.Case{ID: id, State: closing.Open, Dispute: d, ObservedAt: now, DueAt: now, ArmedAt: now}
	if _, err := ledger.Save(s.t.Context(), c, closing.Tally{}); err != nil {
		s.t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); s.queued("UndeliveredRecords") == "0"; time.Sleep(200 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatal("nothing was given up")
		}
	}
	s.discardAfter(3600)
}

func (s *stack) discardAfter(seconds int32) {
	s.t.Helper()
	_, err := lambda.NewFromConfig(s.aws.Config()).UpdateEventSourceMapping(s.t.Context(), &lambda.UpdateEventSourceMappingInput{
		UUID: aws.String(s.resource("CloserArmed")), MaximumRecordAgeInSeconds: aws.Int32(seconds),
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *stack) queued(queue string) string {
	s.t.Helper()
	out, err := sqs.NewFromConfig(s.aws.Config()).GetQueueAttributes(s.t.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: aws.String(s.resource(queue)), AttributeNames: []queues.QueueAttributeName{queues.QueueAttributeNameApproximateNumberOfMessages},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return out.Attributes["ApproximateNumberOfMessages"]
}

// redrives has a given up record redriven, and a failed run of the sweep, with the rights of a maintainer.
func (s *stack) redrives(id string) {
	s.t.Helper()
	s.actWith("MaintainerPolicy")
	s.want(cli.Found, `Healed: 0 of 1 message`).run("redrive", "--stack", deployedName, "--dry-run")
	s.want(cli.Fine, `the closer gave up on 1 of the stream's records \(MaxRecordAgeExceeded\)`, id+`, due since`, `The sweep was started`, `Cleared: 1 message. Remaining: 0`).
		run("redrive", "--stack", deployedName, "--wait", "40s")
	if n := s.queued("UndeliveredRecords"); n != "0" {
		s.t.Errorf("the queue holds %s messages", n)
	}
	s.failedRun("Sweep")
	s.want(cli.Found, `a run of \S+ failed \(RetriesExhausted\): sweep: throttled`, `not known to be healed`).run("redrive", "--stack", deployedName)
	_, err := lambda.NewFromConfig(s.aws.Config()).Invoke(s.t.Context(), &lambda.InvokeInput{FunctionName: aws.String(s.resource("Sweep")), Payload: []byte("{}")})
	if err != nil {
		s.t.Fatal(err)
	}
	s.want(cli.Fine, `healed: a later run succeeded at`, `Cleared: 1 message. Remaining: 0`).run("redrive", "--stack", deployedName)
	s.actAsRoot()
}

// failedRun puts into the queue what Lambda puts there after the last try of a run.
func (s *stack) failedRun(function string) {
	s.t.Helper()
	body := fmt.Sprintf(`{"version":"1.0","requestContext":{"functionArn":"arn:aws:lambda:us-east-1:000000000000:function:%s:live","condition":"RetriesExhausted"},`+
		`"responsePayload":{"errorMessage":"sweep: throttled"}}`, s.resource(function))
	_, err := sqs.NewFromConfig(s.aws.Config()).SendMessage(s.t.Context(), &sqs.SendMessageInput{
		QueueUrl: aws.String(s.resource("UndeliveredRuns")), MessageBody: aws.String(body),
	})
	if err != nil {
		s.t.Fatal(err)
	}
}
