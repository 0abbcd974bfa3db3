// Package redrive reads what the failure queues of a stack hold, and says which of it was healed meanwhile.
package redrive

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// Kind is what a message is about.
type Kind string

// The kinds.
const (
	// Records of the table's stream were given up. Lambda says where in the stream they are, and not which cases.
	Records Kind = "records"
	// Run means that a function failed, and is not repeated.
	Run Kind = "run"
	// NotStarted means that the scheduler could not start a function.
	NotStarted Kind = "not_started"
	// Odd is a message that this version cannot read.
	Odd Kind = "odd"
)

// Message is a message of a failure queue. Its JSON is what `redrive --json` prints.
type Message struct {
	ID    string `json:"id"`
	Queue string `json:"queue"`
	Kind  Kind   `json:"kind"`
	// At is when Lambda or the scheduler gave up, by the queue's clock.
	At time.Time `json:"at"`
	// Function is the name of the function in Lambda; empty for what is odd.
	Function string `json:"function"`
	// Why is the condition by which AWS gave up, and Error what the function or the scheduler met; each may be empty.
	Why   string `json:"why"`
	Error string `json:"error"`
	// Size is the number of records.
	Size int `json:"size"`
	// Healed says how what the message is about was made good; empty if that is not known.
	Healed string `json:"healed"`
	// Cleared means that the message was deleted.
	Cleared bool `json:"cleared"`

	receipt string
}

// destination is what Lambda sends to a queue on failure: of an asynchronous invocation, or of a batch of a stream
// (AWS Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations" and "Retain discarded batch records").
type destination struct {
	RequestContext struct {
		FunctionARN string `json:"functionArn"`
		Condition   string `json:"condition"`
	} `json:"requestContext"`
	ResponsePayload struct {
		ErrorMessage string `json:"errorMessage"`
	} `json:"responsePayload"`
	Batch *struct {
		Size int `json:"batchSize"`
	} `json:"DDBStreamBatchInfo"`
}

// read returns what a message says.
func read(queue string, m types.Message) Message {
	out := Message{ID: aws.ToString(m.MessageId), Queue: queue, Kind: Odd, receipt: aws.ToString(m.ReceiptHandle)}
	if sent, err := strconv.ParseInt(m.Attributes[string(types.MessageSystemAttributeNameSentTimestamp)], 10, 64); err == nil {
		out.At = time.UnixMilli(sent).UTC()
	}
	if target := attribute(m, "TARGET_ARN"); target != "" { // EventBridge Scheduler User Guide, "dead-letter queue"
		out.Kind, out.Function = NotStarted, functionName(target)
		out.Why, out.Error = attribute(m, "EXHAUSTED_RETRY_CONDITION"), attribute(m, "ERROR_CODE")+": "+attribute(m, "ERROR_MESSAGE")
		return out.dated()
	}
	var d destination
	if json.Unmarshal([]byte(aws.ToString(m.Body)), &d) != nil || d.RequestContext.FunctionARN == "" {
		return out
	}
	out.Kind, out.Function, out.Why, out.Error = Run, functionName(d.RequestContext.FunctionARN), d.RequestContext.Condition, d.ResponsePayload.ErrorMessage
	if d.Batch != nil {
		out.Kind, out.Size = Records, d.Batch.Size
	}
	return out.dated()
}

// dated returns the message as odd if nobody knows when it was sent: what happened since cannot be found.
func (m Message) dated() Message {
	if m.At.IsZero() {
		m.Kind = Odd
	}
	return m
}

func attribute(m types.Message, name string) string {
	return aws.ToString(m.MessageAttributes[name].StringValue)
}

// functionName returns the function's name in its ARN, without an alias.
func functionName(arn string) string {
	const place = 6 // arn:aws:lambda:REGION:ACCOUNT:function:NAME
	parts := strings.Split(arn, ":")
	if len(parts) <= place {
		return ""
	}
	return parts[place]
}

// text says what happened.
func (m Message) text() string {
	because := ""
	if m.Why != "" {
		because = " (" + m.Why + ")"
	}
	if m.Error != "" {
		because += ": " + m.Error
	}
	switch m.Kind {
	case Records:
		return fmt.Sprintf("the closer gave up on %d of the stream's records%s", m.Size, because)
	case Run:
		return "a run of " + m.Function + " failed" + because
	case NotStarted:
		return "the scheduler could not start " + m.Function + because
	}
	return "it cannot be read"
}
