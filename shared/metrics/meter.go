// Package metrics writes metrics for CloudWatch on standard output, in its embedded metric format, and turns the
// notes of package closing into metrics and log lines.
package metrics

import (
	"encoding/json"
	"io"
	"strconv"
	"sync"
	"time"
)

// Namespace is where CloudWatch shows the metrics, each with the dimension Table.
const Namespace = "DisputeCloser"

// Name is a metric.
type Name string

// The metrics. They are counts unless they say otherwise.
const (
	Decisions        Name = "Decisions"        // by Action
	Closes           Name = "Closes"           //
	ClosedAmount     Name = "ClosedAmount"     // by Currency, in its minor unit
	Ambiguous        Name = "Ambiguous"        // closes whose fate is not known yet
	Failed           Name = "Failed"           // cases that WooshPay refused to close for good, or too often
	PutOff           Name = "PutOff"           // closes that WooshPay refused for now
	LookFailed       Name = "LookFailed"       // WooshPay could not be asked
	UnknownDispute   Name = "UnknownDispute"   // looks at disputes that WooshPay does not know
	ClockDiffers     Name = "ClockDiffers"     // claims refused because our clock and WooshPay's differ too much
	BudgetSpent      Name = "BudgetSpent"      // closes that the day's budget stopped
	Paused           Name = "Paused"           // closes that the operator's pause stopped
	RecordDropped    Name = "RecordDropped"    // answers that could not be recorded on their claim
	PersonNeeded     Name = "PersonNeeded"     // for whatever reason
	Contradiction    Name = "Contradiction"    // WooshPay says otherwise of a case that we closed
	Unannounced      Name = "Unannounced"      // what reconcile found and no webhook had told
	Differing        Name = "Differing"        // what reconcile found otherwise than webhooks had told
	Due              Name = "Due"              // gauge: due cases that a sweep found
	OldestDueSeconds Name = "OldestDueSeconds" // gauge, seconds: for how long the oldest of them had been due
	Forged           Name = "Forged"           // webhooks whose signature does not verify
	TooLarge         Name = "TooLarge"         // webhooks that are too large to be read: whether they are genuine is not known
	Ignored          Name = "Ignored"          // events of other kinds
	Rejected         Name = "Rejected"         // genuine webhooks and records that are unusable
	Refused          Name = "Refused"          // webhooks answered 503: genuine ones that were not stored, or all while the secrets cannot be read
	ListCut          Name = "ListCut"          // reconciliations that did not get to the end of WooshPay's list
	Unreadable       Name = "Unreadable"       // cases of the table that cannot be read, at most 20 a run
)

// By is one more dimension of a metric.
type By struct{ Name, Value string }

// Meter writes metrics. It is safe for concurrent use.
type Meter struct {
	table string
	now   func() time.Time

	mu   sync.Mutex
	out  io.Writer
	line []byte
}

// New returns a meter for a table, which writes lines to out.
func New(out io.Writer, table string, now func() time.Time) *Meter {
	return &Meter{table: table, now: now, out: out}
}

// Count adds one to a metric.
func (m *Meter) Count(name Name) { m.Put(name, 1, By{}) }

// Put records a value of a metric. The zero By is no dimension.
func (m *Meter) Put(name Name, value int64, by By) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := append(m.line[:0], `{"_aws":{"Timestamp":`...)
	b = strconv.AppendInt(b, m.now().UnixMilli(), 10)
	b = append(b, `,"CloudWatchMetrics":[{"Namespace":"`+Namespace+`","Dimensions":[["Table"`...)
	if by.Name != "" {
		b = append(b, ',')
		b = appendText(b, by.Name)
	}
	b = append(b, `]],"Metrics":[{"Name":`...)
	b = appendText(b, string(name))
	b = append(b, `,"Unit":"`...)
	b = append(b, name.unit()...)
	b = append(b, `"}]}]},"Table":`...)
	b = appendText(b, m.table)
	if by.Name != "" {
		b = appendField(b, by.Name)
		b = appendText(b, by.Value)
	}
	b = appendField(b, string(name))
	b = strconv.AppendInt(b, value, 10)
	m.line = append(b, "}\n"...)
	_, _ = m.out.Write(m.line) // A metric that cannot be written must not stop the work.
}

func (n Name) unit() string {
	switch n {
	case OldestDueSeconds:
		return "Seconds"
	case ClosedAmount:
		return "None"
	default:
		return "Count"
	}
}

func appendField(b []byte, name string) []byte {
	b = append(b, ',')
	b = appendText(b, name)
	return append(b, ':')
}

// appendText writes a JSON text; only one with characters that JSON escapes costs an allocation.
func appendText(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			escaped, err := json.Marshal(text)
			if err != nil {
				panic(err) // A string always marshals.
			}
			return append(b, escaped...)
		}
	}
	b = append(b, '"')
	b = append(b, text...)
	return append(b, '"')
}
