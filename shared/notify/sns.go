// Package notify tells people something by SNS: by mail, or by whatever else is subscribed to the topic.
package notify

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

// API is the part of SNS's client that is used.
type API interface {
	Publish(ctx context.Context, in *sns.PublishInput, options ...func(*sns.Options)) (*sns.PublishOutput, error)
}

// Topic publishes to one SNS topic.
type Topic struct {
	client API
	arn    string
}

// New returns the topic of an ARN.
func New(client API, topicARN string) *Topic { return &Topic{client: client, arn: topicARN} }

// maxSubject is the most characters that SNS accepts of a subject (Amazon SNS API Reference, Publish).
const maxSubject = 100

// Publish sends a text to everybody who is subscribed. An error means that it may not have arrived; a text that was
// accepted may arrive twice. Of a subject that SNS would refuse, what it accepts is sent.
func (t *Topic) Publish(ctx context.Context, subject, text string) error {
	_, err := t.client.Publish(ctx, &sns.PublishInput{
		TopicArn: aws.String(t.arn), Subject: aws.String(accepted(subject)), Message: aws.String(text),
	})
	if err != nil {
		return fmt.Errorf("publish to %s: %w", t.arn, err)
	}
	return nil
}

// accepted returns a subject in printable ASCII, with a ? in place of anything else, and cut to maxSubject.
func accepted(subject string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, strings.TrimSpace(subject))
	return plain[:min(len(plain), maxSubject)]
}
