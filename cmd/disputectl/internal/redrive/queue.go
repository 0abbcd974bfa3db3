package redrive

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// Queues is SQS.
type Queues interface {
	GetQueueAttributes(ctx context.Context, in *sqs.GetQueueAttributesInput, opts ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error)
	ReceiveMessage(ctx context.Context, in *sqs.ReceiveMessageInput, opts ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error)
	DeleteMessage(ctx context.Context, in *sqs.DeleteMessageInput, opts ...func(*sqs.Options)) (*sqs.DeleteMessageOutput, error)
	ChangeMessageVisibility(ctx context.Context, in *sqs.ChangeMessageVisibilityInput, opts ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityOutput, error)
}

const (
	// Held is for how long nobody else sees the messages that were read, if they are not given back.
	Held = 15 * time.Minute
	// MostMessages bounds what is read of a queue.
	MostMessages = 1000

	batch       = 10 // SQS gives no more at once
	waitSeconds = 1  // a wait asks all of SQS's servers, so that an empty answer means an empty queue
)

// Queue is a failure queue of the stack.
type Queue struct {
	// Name is the template's, URL is SQS's.
	Name, URL string
}

// receive reads a queue's messages, and hides them from others. There are more if it reports so. With an error it returns
// what was read before.
func receive(ctx context.Context, api Queues, q Queue) (messages []Message, more bool, err error) {
	seen := map[string]bool{}
	for len(messages) < MostMessages {
		out, err := api.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: &q.URL, MaxNumberOfMessages: batch, WaitTimeSeconds: waitSeconds, VisibilityTimeout: int32(Held / time.Second),
			MessageAttributeNames:       []string{"All"},
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameSentTimestamp},
		})
		if err != nil {
			return messages, false, fmt.Errorf("read queue %s: %w", q.Name, err)
		}
		if len(out.Messages) == 0 {
			return messages, false, nil
		}
		for _, m := range out.Messages {
			if id := aws.ToString(m.MessageId); !seen[id] {
				seen[id] = true
				messages = append(messages, read(q.Name, m))
			}
		}
	}
	return messages, true, nil
}

// hidden returns how many messages of a queue somebody else is looking at.
func hidden(ctx context.Context, api Queues, q Queue) (int, error) {
	const name = types.QueueAttributeNameApproximateNumberOfMessagesNotVisible
	out, err := api.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &q.URL, AttributeNames: []types.QueueAttributeName{name}})
	if err != nil {
		return 0, fmt.Errorf("look at queue %s: %w", q.Name, err)
	}
	n, err := strconv.Atoi(out.Attributes[string(name)])
	if err != nil {
		return 0, fmt.Errorf("look at queue %s: its number of hidden messages is %q", q.Name, out.Attributes[string(name)])
	}
	return n, nil
}

func clearOne(ctx context.Context, api Queues, q Queue, m Message) error {
	if _, err := api.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &q.URL, ReceiptHandle: &m.receipt}); err != nil {
		return fmt.Errorf("delete message %s of queue %s: %w", m.ID, q.Name, err)
	}
	return nil
}

// giveBack lets others see a message again.
func giveBack(ctx context.Context, api Queues, q Queue, m Message) error {
	_, err := api.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{QueueUrl: &q.URL, ReceiptHandle: &m.receipt, VisibilityTimeout: 0})
	if err != nil {
		return fmt.Errorf("give message %s back to queue %s: %w", m.ID, q.Name, err)
	}
	return nil
}
