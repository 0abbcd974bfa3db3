//go:build parts

package stack

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"disputecloser/shared/closing"
)

// TestADigestIsMailed to whoever is subscribed to the topic: here a queue, which receives what a mailbox would.
func TestADigestIsMailed(t *testing.T) {
	t.Parallel()
	queue := deployed.subscribed(t, "mailbox-digest")
	answer := deployed.invoke(t, "DigestFunction", "{}")
	mail := receive(t, queue, func(m notification) bool { return strings.HasPrefix(m.Subject, "test, ") })
	yesterday := string(closing.DayOf(time.Now().AddDate(0, 0, -1)))
	if !strings.Contains(mail.Message, yesterday+" (UTC)") || !strings.Contains(mail.Message, "Stack test, test mode") || !strings.Contains(mail.Message, "Closing is on since ") {
		t.Errorf("the mail says %q: %s", mail.Subject, mail.Message)
	}
	if strings.Contains(mail.Message, "could not be read") || !strings.Contains(string(answer), mail.Subject) {
		t.Errorf("answered %s; the mail says %s", answer, mail.Message)
	}
}

// notification is what SNS sends to a queue.
type notification struct{ Subject, Message string }

// subscribed returns the address of a new queue that receives what is published to the stack's topic.
func (s *stack) subscribed(t *testing.T, name string) string {
	t.Helper()
	queues := sqs.NewFromConfig(s.aws.Config())
	made, err := queues.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String(name)})
	if err != nil {
		t.Fatal(err)
	}
	of, err := queues.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: made.QueueUrl, AttributeNames: []sqstypes.QueueAttributeName{sqstypes.QueueAttributeNameQueueArn},
	})
	if err != nil {
		t.Fatal(err)
	}
	// Without a policy of its own a queue takes nothing from a topic.
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"` + of.Attributes["QueueArn"] + `"}]}`
	if _, err := queues.SetQueueAttributes(t.Context(), &sqs.SetQueueAttributesInput{QueueUrl: made.QueueUrl, Attributes: map[string]string{"Policy": policy}}); err != nil {
		t.Fatal(err)
	}
	_, err = sns.NewFromConfig(s.aws.Config()).Subscribe(t.Context(), &sns.SubscribeInput{
		TopicArn: aws.String(s.outputs["AlarmTopic"]), Protocol: aws.String("sqs"), Endpoint: aws.String(of.Attributes["QueueArn"]),
	})
	if err != nil {
		t.Fatal(err)
	}
	return *made.QueueUrl
}

// receive returns the first notification in a queue that is meant.
func receive(t *testing.T, queue string, meant func(notification) bool) notification {
	t.Helper()
	queues := sqs.NewFromConfig(deployed.aws.Config())
	for end := time.Now().Add(fast); time.Now().Before(end); {
		out, err := queues.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &queue, MaxNumberOfMessages: 10, WaitTimeSeconds: 1})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range out.Messages {
			var n notification
			if err := json.Unmarshal([]byte(aws.ToString(m.Body)), &n); err != nil {
				t.Fatalf("%v: %s", err, aws.ToString(m.Body))
			}
			if meant(n) {
				return n
			}
		}
	}
	t.Fatal("the queue received nothing that was meant")
	return notification{}
}
