// Package metrics writes CloudWatch metrics in the embedded metric format, and turns the notes of package closing into
// metrics and log lines.
package metrics

import (
	"encoding/json"
	"io"
	"sync"
	"time"
)

// Namespace is the CloudWatch namespace of the metrics. Each metric has the dimension Table.
const Namespace = "DisputeCloser"

// Name is the name of a metric.
type Name string

// The metrics. They are counts, except where another unit is named.
const (
	Decisions        Name = "Decisions"        // by Action
	Closes           Name = "Closes"           // disputes that we closed
	ClosedAmount     Name = "ClosedAmount"     // amount of each close, by Currency, in its minor unit
	Ambiguous        Name = "Ambiguous"        // closes whose outcome is not known yet
	Failed           Name = "Failed"           // cases that WooshPay refused to close for good, or too often
	PutOff           Name = "PutOff"           // closes that WooshPay refused for now
	LookFailed       Name = "LookFailed"       // looks that got no usable answer from WooshPay
	UnknownDispute   Name = "UnknownDispute"   // looks at disputes that WooshPay does not know
	ClockDiffers     Name = "ClockDiffers"     // claims refused because our clock and the date of an answer differ too much
	BudgetSpent      Name = "BudgetSpent"      // closes stopped by the day's budget
	Paused           Name = "Paused"           // closes stopped by an operator's pause
	Off              Name = "Off"              // closes stopped because nobody has turned closing on for this table
	RecordDropped    Name = "RecordDropped"    // answers to a close that could not be recorded on its claim
	PersonNeeded     Name = "PersonNeeded"     // cases that need a person, for any reason
	Contradiction    Name = "Contradiction"    // cases where WooshPay contradicts what we closed or claimed
	Unannounced      Name = "Unannounced"      // disputes that reconcile found and no webhook had announced
	Differing        Name = "Differing"        // cases whose status reconcile found changed, without a webhook
	Due              Name = "Due"              // gauge: due cases that a sweep found
	OldestDueSeconds Name = "OldestDueSeconds" // gauge, in seconds: how long the oldest case that a sweep armed had been due
	Forged           Name = "Forged"           // webhooks whose signature does not verify
	TooLarge         Name = "TooLarge"         // webhooks refused unread because of their size; they may be genuine
	Ignored          Name = "Ignored"          // genuine events that are not about a dispute
	Rejected         Name = "Rejected"         // genuine webhooks and stream records that are unusable
	Refused          Name = "Refused"          // webhooks answered 503: genuine ones that were not stored, or all while the secrets cannot be read
	ListCut          Name = "ListCut"          // reconciliations that did not reach the end of WooshPay's list
	Unreadable       Name = "Unreadable"       // cases of the table that cannot be read, at most 20 a run
	Acts             Name = "Acts"             // acts of people that were stored, by Act
	BudgetUsed       Name = "BudgetUsed"       // gauge, in percent: how much of the day's budget is spent, after each close; also by Currency
	MailFailed       Name = "MailFailed"       // mails about cases that need a person, and that could not be sent
	ClosingOn        Name = "ClosingOn"        // gauge: 1 if closing is on for this table, 0 if it is off or paused
	Reconciled       Name = "Reconciled"       // reconciliations that ended without an error
	ListUnavailable  Name = "ListUnavailable"  // reconciliations to which WooshPay did not offer its list
	WrongSignature   Name = "WrongSignature"   // forged webhooks with a signature in WooshPay's form: so looks what is signed with a secret that we do not hold
	Digests          Name = "Digests"          // daily mails that were sent
)

// Dimension is a dimension of a metric besides Table.
type Dimension struct{ Name, Value string }

// Meter writes metrics. It is safe for concurrent use.
type Meter struct {
	table string
	now   func() time.Time

	mu  sync.Mutex
	out io.Writer
}

// New returns a meter for a table. It writes each metric to out as one line, in one Write.
func New(out io.Writer, table string, now func() time.Time) *Meter {
	return &Meter{table: table, now: now, out: out}
}

// Count adds one to a metric.
func (m *Meter) Count(name Name) { m.Put(name, 1, Dimension{}) }

// Put records a value of a metric. The zero Dimension adds none.
func (m *Meter) Put(name Name, value int64, by Dimension) {
	line, err := json.Marshal(m.line(name, value, by))
	if err != nil {
		panic(err) // Texts and integers always marshal.
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	_, _ = m.out.Write(append(line, '\n')) // A metric that cannot be written must not stop the work.
}

// line is the metric in the embedded metric format: a directive that names the metric and its dimensions, beside the
// fields that hold their values (Amazon CloudWatch User Guide, "Embedded metric format specification").
func (m *Meter) line(name Name, value int64, by Dimension) map[string]any {
	dimensions := []string{"Table"}
	line := map[string]any{"Table": m.table, string(name): value}
	if by.Name != "" {
		dimensions = append(dimensions, by.Name)
		line[by.Name] = by.Value
	}
	line["_aws"] = map[string]any{
		"Timestamp": m.now().UnixMilli(),
		"CloudWatchMetrics": []any{map[string]any{
			"Namespace":  Namespace,
			"Dimensions": [][]string{dimensions},
			"Metrics":    []any{map[string]any{"Name": name, "Unit": name.unit()}},
		}},
	}
	return line
}

func (n Name) unit() string {
	switch n {
	case OldestDueSeconds:
		return "Seconds"
	case BudgetUsed:
		return "Percent"
	case ClosedAmount, ClosingOn:
		return "None"
	default:
		return "Count"
	}
}
