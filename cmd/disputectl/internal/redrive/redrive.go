package redrive

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"disputecloser/shared/closing"
	"disputecloser/shared/moment"
)

// Functions is Lambda.
type Functions interface {
	Invoke(ctx context.Context, in *lambda.InvokeInput, opts ...func(*lambda.Options)) (*lambda.InvokeOutput, error)
}

// Logs is CloudWatch Logs.
type Logs interface {
	FilterLogEvents(ctx context.Context, in *cloudwatchlogs.FilterLogEventsInput, opts ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error)
}

// Scheduled is a function that a schedule starts.
type Scheduled struct {
	// Log is its log group, and Done the message of the line that a run without error writes.
	Log, Done string
}

// Stack is where the messages come from, and what heals them.
type Stack struct {
	Queues    Queues
	Functions Functions
	Logs      Logs
	Due       closing.DueIndex
	Now       func() time.Time

	Records, Runs Queue
	// Sweep is what arms the due cases: a function's name.
	Sweep string
	// Scheduled are the scheduled functions by their names in Lambda.
	Scheduled map[string]Scheduled
}

// mostWaiting bounds how many waiting cases are named.
const mostWaiting = 100

// Found is what the queues hold.
type Found struct {
	Messages []Message `json:"messages"`
	// Waiting are the cases that have been due since before records were given up: if those were about a case, it is one of
	// these. There are more if Cut.
	Waiting []Waiting `json:"waiting"`
	Cut     bool      `json:"cut"`
	// More means that a queue holds more messages than were read.
	More bool `json:"more"`
	// Hidden counts the messages that somebody else is looking at.
	Hidden int `json:"hidden"`
}

// Waiting is a case that is due.
type Waiting struct {
	Dispute string    `json:"dispute"`
	Since   time.Time `json:"since"`
}

// Receive reads both queues, and hides their messages from others until GiveBack. It returns what was read also with an error.
func (s Stack) Receive(ctx context.Context) (*Found, error) {
	f := &Found{Messages: []Message{}, Waiting: []Waiting{}}
	for _, q := range []Queue{s.Records, s.Runs} {
		others, err := hidden(ctx, s.Queues, q)
		if err != nil {
			return f, err
		}
		f.Hidden += others
		messages, more, err := receive(ctx, s.Queues, q)
		f.Messages, f.More = append(f.Messages, messages...), f.More || more
		if err != nil {
			return f, err
		}
	}
	return f, nil
}

// Judge says of each message whether what it is about was healed.
//
// A record is about a case that was armed, and so due, before the closer gave up. Whoever works a case moves its due date into
// the future. So records are healed if no case has been due since before they were given up; which cases they were about, only
// the stream knows, and only for a day.
//
// A run is healed by a later one without an error, for each does all the work that is left.
func (s Stack) Judge(ctx context.Context, f *Found) error {
	if err := s.FindWaiting(ctx, f); err != nil {
		return err
	}
	ran := map[string]string{}
	for function := range s.Scheduled {
		at, err := s.ranSince(ctx, function, f.last(function, Run, NotStarted))
		if err != nil {
			return err
		}
		if !at.IsZero() {
			ran[function] = "a later run succeeded at " + moment.From(at, s.Now())
		}
	}
	for i := range f.Messages {
		m := &f.Messages[i]
		switch m.Kind {
		case Records:
			m.Healed = f.worked(m.At)
		case Run, NotStarted:
			m.Healed = ran[m.Function]
		case Odd: // nobody knows what it is about
		}
	}
	return nil
}

// last returns when the last message of a function, of all functions if that is empty, was sent; zero if there is none.
func (f *Found) last(function string, kinds ...Kind) (last time.Time) {
	for _, m := range f.Messages {
		if slices.Contains(kinds, m.Kind) && (function == "" || m.Function == function) && m.At.After(last) {
			last = m.At
		}
	}
	return last
}

// FindWaiting finds the cases that have been due since before the last records were given up.
func (s Stack) FindWaiting(ctx context.Context, f *Found) error {
	f.Waiting, f.Cut = []Waiting{}, false
	last := f.last("", Records)
	if last.IsZero() {
		return nil
	}
	for cursor, more := "", true; more; more = cursor != "" {
		page, next, err := s.Due.Due(ctx, last, mostWaiting, cursor)
		if err != nil {
			return err
		}
		for _, d := range page {
			if f.Cut = len(f.Waiting) == mostWaiting; f.Cut {
				return nil
			}
			f.Waiting = append(f.Waiting, Waiting{Dispute: string(d.ID), Since: d.At})
		}
		cursor = next
	}
	return nil
}

// worked says that every case that was due at an instant has been worked since; it says nothing if one has not.
func (f *Found) worked(at time.Time) string {
	if f.Cut || slices.ContainsFunc(f.Waiting, func(w Waiting) bool { return !w.Since.After(at) }) {
		return ""
	}
	return "every case that was due then has been worked since"
}

// ranSince returns when a function first ran without an error after an instant; zero if it has not, or if there is no such
// instant.
func (s Stack) ranSince(ctx context.Context, function string, at time.Time) (time.Time, error) {
	if at.IsZero() {
		return time.Time{}, nil
	}
	of := s.Scheduled[function]
	in := &cloudwatchlogs.FilterLogEventsInput{
		LogGroupName: &of.Log, FilterPattern: aws.String(fmt.Sprintf("{ $.message = %q }", of.Done)), StartTime: aws.Int64(at.UnixMilli()),
	}
	const mostPages = 100 // A page without lines may be followed by one with some.
	for range mostPages {
		out, err := s.Logs.FilterLogEvents(ctx, in)
		if err != nil {
			return time.Time{}, fmt.Errorf("read the log %s: %w", of.Log, err)
		}
		if len(out.Events) > 0 {
			return time.UnixMilli(aws.ToInt64(out.Events[0].Timestamp)).UTC(), nil
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
	}
	return time.Time{}, nil
}

// Arm starts the sweep, which arms every due case. It does not wait for it.
func (s Stack) Arm(ctx context.Context) error {
	_, err := s.Functions.Invoke(ctx, &lambda.InvokeInput{FunctionName: &s.Sweep, InvocationType: lambdatypes.InvocationTypeEvent, Payload: []byte("{}")})
	if err != nil {
		return fmt.Errorf("start the sweep: %w", err)
	}
	return nil
}

// Clear deletes the messages that were healed, and those that a person wants forgotten. Its error joins what could not be
// deleted.
func (s Stack) Clear(ctx context.Context, f *Found, forget []string) error {
	var faults []error
	for i := range f.Messages {
		m := &f.Messages[i]
		if m.Healed == "" && !slices.Contains(forget, m.ID) {
			continue
		}
		err := clearOne(ctx, s.Queues, s.queueOf(*m), *m)
		m.Cleared = err == nil
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// GiveBack lets others see the messages that were not deleted. Its error joins those that stay hidden for Held.
func (s Stack) GiveBack(ctx context.Context, f *Found) error {
	var faults []error
	for _, m := range f.Messages {
		if !m.Cleared {
			faults = append(faults, giveBack(ctx, s.Queues, s.queueOf(m), m))
		}
	}
	return errors.Join(faults...)
}

func (s Stack) queueOf(m Message) Queue {
	if m.Queue == s.Records.Name {
		return s.Records
	}
	return s.Runs
}

// Healed counts the messages that are about what was healed.
func (f *Found) Healed() int {
	n := 0
	for _, m := range f.Messages {
		if m.Healed != "" {
			n++
		}
	}
	return n
}

// Left counts the messages that were not deleted.
func (f *Found) Left() int {
	n := 0
	for _, m := range f.Messages {
		if !m.Cleared {
			n++
		}
	}
	return n
}
