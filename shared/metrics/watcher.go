package metrics

import (
	"context"
	"log/slog"

	"disputecloser/shared/closing"
	"disputecloser/shared/policy"
)

// Watcher writes one log line for each note, and its metrics. It writes no body, evidence or metadata.
type Watcher struct {
	Log   *slog.Logger
	Meter *Meter
}

// line is how a kind of note is logged and counted.
type line struct {
	level   slog.Level
	message string
	// metric counts the note; empty if count does so, or if nothing is counted.
	metric Name
}

var lines = map[closing.Kind]line{
	closing.NoteLearned:     {slog.LevelInfo, "news learned", ""},
	closing.NoteDecided:     {slog.LevelInfo, "case decided", ""},
	closing.NoteClosed:      {slog.LevelInfo, "case closed", Closes},
	closing.NoteAmbiguous:   {slog.LevelWarn, "close outcome unknown", Ambiguous},
	closing.NoteRefused:     {slog.LevelError, "close refused for good", ""},
	closing.NotePutOff:      {slog.LevelWarn, "close postponed", PutOff},
	closing.NoteResolved:    {slog.LevelInfo, "case resolved", ""},
	closing.NoteLookFailed:  {slog.LevelWarn, "look failed", LookFailed},
	closing.NoteUnknown:     {slog.LevelWarn, "WooshPay does not know the dispute", UnknownDispute},
	closing.NoteClock:       {slog.LevelError, "our clock and WooshPay's differ too much to claim", ClockDiffers},
	closing.NotePerson:      {slog.LevelWarn, "person needed", PersonNeeded},
	closing.NoteBudget:      {slog.LevelWarn, "budget spent", BudgetSpent},
	closing.NotePaused:      {slog.LevelWarn, "closing is paused", Paused},
	closing.NoteOff:         {slog.LevelWarn, "closing is not turned on for this table", Off},
	closing.NoteDropped:     {slog.LevelError, "record dropped", RecordDropped},
	closing.NoteArmed:       {slog.LevelInfo, "case armed", ""},
	closing.NoteUnannounced: {slog.LevelWarn, "unannounced dispute found", Unannounced},
	closing.NoteDiffering:   {slog.LevelWarn, "unannounced change found", Differing},
	closing.NoteLooked:      {slog.LevelInfo, "case looked at", ""},
	closing.NoteUnreadable:  {slog.LevelError, "case cannot be read", Unreadable},
}

// Note logs and counts one thing that happened.
func (w Watcher) Note(ctx context.Context, n closing.Note) {
	l, known := lines[n.Kind]
	if !known {
		l = line{level: slog.LevelError, message: "note of unknown kind"}
	}
	if w.Log.Enabled(ctx, l.level) {
		w.Log.LogAttrs(ctx, l.level, l.message, attributes(n)...)
	}
	if l.metric != "" {
		w.Meter.Count(l.metric)
	}
	w.count(n)
}

// count writes the metrics that have a second dimension, or that depend on the reason.
func (w Watcher) count(n closing.Note) {
	switch {
	case n.Kind == closing.NoteDecided && n.Case.Decision != nil:
		w.Meter.Put(Decisions, 1, Dimension{"Action", string(n.Case.Decision.Action)})
	case n.Kind == closing.NoteClosed:
		if amount, known := n.Case.Dispute.Amount.Get(); known {
			w.Meter.Put(ClosedAmount, amount, Dimension{"Currency", currencyOf(n.Case)})
		}
	case n.Kind == closing.NotePerson && n.Reason == closing.ReasonFailed:
		w.Meter.Count(Failed)
	case n.Kind == closing.NotePerson && n.Reason == closing.ReasonContradiction:
		w.Meter.Count(Contradiction)
	}
}

// currencyOf returns the currency, or "unknown" for a text that cannot be one: CloudWatch makes, and bills, a metric for
// each value of a dimension.
func currencyOf(c closing.Case) string {
	if len(c.Dispute.Currency) != 3 {
		return "unknown"
	}
	return c.Dispute.Currency
}

func attributes(n closing.Note) []slog.Attr {
	c := n.Case
	attrs := make([]slog.Attr, 0, 16)
	attrs = append(attrs, slog.String("dispute", string(c.ID)), slog.String("state", string(c.State)))
	text := func(key, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(key, value))
		}
	}
	text("status", string(c.Dispute.Status))
	if amount, known := c.Dispute.Amount.Get(); known {
		attrs = append(attrs, slog.Int64("amount", amount))
	}
	text("currency", c.Dispute.Currency)
	if c.Decision != nil && n.Kind != closing.NoteLearned {
		attrs = append(attrs, decision(c.Decision)...)
	}
	text("proof", string(c.Proof))
	text("reason", n.Reason)
	if n.Kind == closing.NoteArmed {
		attrs = append(attrs, slog.Int64("due_seconds", int64(n.Age.Seconds())))
	}
	if n.Err != nil {
		text("error", n.Err.Error())
	}
	return attrs
}

func decision(d *policy.Decision) []slog.Attr {
	attrs := []slog.Attr{
		slog.String("action", string(d.Action)), slog.String("rule", d.Rule),
		slog.String("policy", d.Policy), slog.Bool("shadow", d.Shadow),
	}
	if d.Guard != "" {
		attrs = append(attrs, slog.String("guard", string(d.Guard)))
	}
	if d.Operator != "" {
		attrs = append(attrs, slog.String("operator", d.Operator))
	}
	return attrs
}
