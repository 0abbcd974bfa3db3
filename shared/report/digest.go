package report

import (
	"fmt"
	"strings"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/moment"
	"disputecloser/shared/plain"
)

// Soon is how far ahead a digest looks for planned closes.
const Soon = 24 * time.Hour

// Digest is what a day's mail says: a report of that day, and how the system stands now.
type Digest struct {
	// Stack is the deployed stack's name.
	Stack string
	// LiveMoney means that the stack is one of WooshPay's live mode.
	LiveMoney bool
	// Report is of the day that the digest is about.
	Report  *Report
	Closing closing.Control
	Policy  Policy
	// Alarms are those that are on. If they could not be read, AlarmsUnread is true.
	Alarms       []Alarm
	AlarmsUnread bool
}

// Policy is what a digest says of the rules that were deployed.
type Policy struct {
	Hash string
	// Live means that the rules close; otherwise they only record.
	Live bool
}

// Alarm is an alarm that is on.
type Alarm struct {
	Name  string
	Since time.Time
}

// Subject is the mail's subject. The most important comes first: SNS cuts it at 100 characters.
func (d Digest) Subject() string {
	parts := []string{}
	if d.Closing.Switch != closing.On {
		parts = append(parts, "closing is "+d.position())
	}
	if closed := d.Report.total(func(t Tally) Count { return t.Closed }); closed.cases > 0 {
		parts = append(parts, "closed "+closed.disputes()+" ("+closed.money()+")")
	}
	if needed := len(d.Report.Waits.needed()); needed > 0 {
		parts = append(parts, disputes(int64(needed))+" waiting for a person")
	}
	if len(d.Alarms) > 0 {
		parts = append(parts, counted(int64(len(d.Alarms)), "alarm")+" on")
	}
	if len(parts) == 0 {
		parts = append(parts, "nothing to report")
	}
	return plain.Line(d.Stack + ", " + string(d.Report.From) + ": " + strings.Join(parts, ", "))
}

// Text is the mail's text. A day of which there is nothing to say has one line.
func (d Digest) Text() string {
	r := d.Report
	if d.quiet() {
		return plain.Sprintf("%s: no dispute ended on %s (UTC), no close is planned for the next %s, and no dispute waits for a person. %s %s\n",
			d.name(), r.From, hours(Soon), d.closing(), d.policy())
	}
	var b strings.Builder
	section := func(head string, lines []string) {
		b.WriteString("\n" + head + "\n")
		for _, line := range lines {
			b.WriteString(plain.Sprintf("  %s\n", line))
		}
	}
	b.WriteString(plain.Sprintf("%s\n%s\n%s\n", d.name(), d.closing(), d.policy()))
	section("On "+string(r.From)+" (UTC)", r.Happened())
	section("Next", r.Planned(Soon))
	section("For you", r.NeedPerson())
	section("Alarms", d.alarms())
	if left := r.Left(); len(left) > 0 {
		section("Incomplete", left)
	}
	b.WriteString(plain.Sprintf("\nMore: disputectl report --since 1d --stack %s\n", d.Stack))
	return b.String()
}

// quiet reports whether there is nothing that anybody should know.
func (d Digest) quiet() bool {
	r := d.Report
	return len(r.Currencies) == 0 && len(r.Waits.Cases) == 0 && len(r.Left()) == 0 &&
		d.Closing.Switch == closing.On && len(d.Alarms) == 0 && !d.AlarmsUnread
}

func (d Digest) name() string {
	if d.LiveMoney {
		return "Stack " + d.Stack + ", live money"
	}
	return "Stack " + d.Stack + ", test mode"
}

func (d Digest) position() string {
	if d.Closing.Switch == closing.Off {
		return "off"
	}
	return string(d.Closing.Switch)
}

func (d Digest) closing() string {
	c := d.Closing
	if c.Switch == closing.Off {
		return "Closing is off: nobody has turned it on for this very table; disputectl resume does."
	}
	return fmt.Sprintf("Closing is %s since %s, by %s: %s.", d.position(), moment.From(c.At, d.Report.At), c.Who, c.Why)
}

func (d Digest) policy() string {
	if d.Policy.Live {
		return "The policy " + d.Policy.Hash + " is live: its rules close."
	}
	return "The policy " + d.Policy.Hash + " is in shadow mode: its rules decide and record, and close nothing."
}

func (d Digest) alarms() []string {
	if d.AlarmsUnread {
		return []string{"Which alarms are on is not known: they could not be read, and the digest's log says why."}
	}
	if len(d.Alarms) == 0 {
		return []string{"None is on."}
	}
	var lines []string
	for _, a := range d.Alarms {
		lines = append(lines, "- "+a.Name+", on since "+moment.From(a.Since, d.Report.At))
	}
	return harmless(lines)
}
