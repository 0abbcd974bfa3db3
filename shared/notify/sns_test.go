package notify_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"disputecloser/shared/notify"
)

const topic = "arn:aws:sns:eu-west-1:123456789012:alarms"

// service keeps what was published, or fails.
type service struct {
	sent []*sns.PublishInput
	err  error
}

func (s *service) Publish(_ context.Context, in *sns.PublishInput, _ ...func(*sns.Options)) (*sns.PublishOutput, error) {
	s.sent = append(s.sent, in)
	return &sns.PublishOutput{}, s.err
}

func TestPublishes(t *testing.T) {
	var s service
	if err := notify.New(&s, topic).Publish(t.Context(), "A subject", "line 1\nZürich\n"); err != nil {
		t.Fatal(err)
	}
	if in := s.sent[0]; *in.TopicArn != topic || *in.Subject != "A subject" || *in.Message != "line 1\nZürich\n" {
		t.Errorf("published %q %q to %q", aws.ToString(in.Subject), aws.ToString(in.Message), aws.ToString(in.TopicArn))
	}
}

// SNS refuses a message for its subject: one with a line break, with other than ASCII characters, or too long.
func TestSubjectsThatSNSWouldRefuse(t *testing.T) {
	for subject, want := range map[string]string{
		"two\nlines":             "two?lines",
		" spaces around ":        "spaces around",
		"Zürich\x00\x7f":         "Z?rich??",
		strings.Repeat("a", 150): strings.Repeat("a", 100),
		strings.Repeat("é", 150): strings.Repeat("?", 100),
	} {
		var s service
		if err := notify.New(&s, topic).Publish(t.Context(), subject, "text"); err != nil {
			t.Fatal(err)
		}
		if got := *s.sent[0].Subject; got != want {
			t.Errorf("%q is sent as %q, want %q", subject, got, want)
		}
	}
}

func TestAFailureNamesTheTopic(t *testing.T) {
	down := errors.New("SNS is throttled")
	err := notify.New(&service{err: down}, topic).Publish(t.Context(), "subject", "text")
	if !errors.Is(err, down) || !strings.Contains(err.Error(), topic) {
		t.Errorf("got %v", err)
	}
}
