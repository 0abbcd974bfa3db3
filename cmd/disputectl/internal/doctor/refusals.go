package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"disputecloser/cmd/disputectl/internal/delivery"
	"disputecloser/shared/wooshpay"
)

const (
	// webhookLog is the template's name of the webhook's log group.
	webhookLog = "WebhookLog"
	// lately is how far back doctor looks for refused deliveries.
	lately = 24 * time.Hour
	// probesSettle is longer than the test events of an examination take: this examination's own are not looked at, and those
	// of an earlier one arrived within so long of each other.
	probesSettle = time.Minute
	// maxLogPages bounds what is read of the log; a page has at most 10,000 lines.
	maxLogPages = 100
	// logPattern chooses at least the lines that lineOf knows.
	logPattern = `{ $.message = "webhook *" || $.message = "news learned" || $.message = "event ignored" }`
)

// refusal is why the webhook refused what may have been WooshPay's.
type refusal string

// The refusals. A signature by another secret may be a forger's; what was refused otherwise is known to be WooshPay's, or
// could not be verified at all.
const (
	foreign    refusal = "signed with another secret (401)"
	outOfTime  refusal = "signed with the stored secret, but too long ago or in the future (401)"
	unusable   refusal = "genuine, but not usable (400)"
	unverified refusal = "not verified, because the secret could not be read (503)"
)

// refusals lists them by how certain their cause is.
var refusals = []refusal{unverified, outOfTime, unusable, foreign}

// webhookLine is what one line of the webhook's log says of a delivery.
type webhookLine struct {
	at time.Time
	// refused is empty for a delivery that was accepted.
	refused refusal
	// isProbe means that the delivery was one of disputectl's test events.
	isProbe bool
}

// refusedLately checks what the webhook really refused. Its own test event says only that the webhook takes the stored secret,
// not that WooshPay signs with it.
func (p Target) refusedLately(ctx context.Context) Finding {
	group, f := p.resource(ctx, webhookLog)
	if group == "" {
		return f
	}
	lines, isWhole, err := p.webhookLines(ctx, group)
	if err != nil {
		return unseen(fmt.Errorf("read the log %s: %w", group, err))
	}
	return p.judged(withoutProbes(lines), isWhole, group)
}

// webhookLines returns what the log says of deliveries, in order, and whether it was read to its end.
func (p Target) webhookLines(ctx context.Context, group string) (lines []webhookLine, isWhole bool, err error) {
	now := p.Now()
	in := &cloudwatchlogs.FilterLogEventsInput{
		LogGroupName: aws.String(group), FilterPattern: aws.String(logPattern),
		StartTime: aws.Int64(now.Add(-lately).UnixMilli()), EndTime: aws.Int64(now.Add(-probesSettle).UnixMilli()),
	}
	for range maxLogPages {
		out, err := p.Cloud.Logs.FilterLogEvents(ctx, in)
		if err != nil {
			return nil, false, err
		}
		for _, event := range out.Events {
			if line, ok := lineOf(aws.ToString(event.Message)); ok {
				line.at = time.UnixMilli(aws.ToInt64(event.Timestamp)).UTC()
				lines = append(lines, line)
			}
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			isWhole = true
			break
		}
	}
	slices.SortStableFunc(lines, func(a, b webhookLine) int { return a.at.Compare(b.at) })
	return lines, isWhole, nil
}

// lineOf reads one line of the webhook's log (functions/webhook), if it is about a delivery that may be WooshPay's.
func lineOf(text string) (webhookLine, bool) {
	var line struct{ Message, Reason, Event, Dispute string }
	if json.Unmarshal([]byte(text), &line) != nil {
		return webhookLine{}, false
	}
	isProbe := strings.HasPrefix(line.Event, delivery.EventPrefix) || line.Dispute == delivery.SentDispute
	switch line.Message {
	case "webhook forged":
		reason, ok := map[string]refusal{
			wooshpay.ErrMismatch.Error(): foreign, wooshpay.ErrStale.Error(): outOfTime, wooshpay.ErrFuture.Error(): outOfTime,
		}[line.Reason]
		return webhookLine{refused: reason}, ok
	case "webhook rejected":
		return webhookLine{refused: unusable, isProbe: isProbe}, true
	case "webhook not verified":
		return webhookLine{refused: unverified}, true
	case "news learned", "event ignored":
		return webhookLine{isProbe: isProbe}, true
	}
	return webhookLine{}, false
}

// withoutProbes leaves out disputectl's test events. An earlier examination sent a forged one, which the log does not name,
// at the same time as a genuine one, which it does.
func withoutProbes(lines []webhookLine) []webhookLine {
	var excused []time.Time
	for _, l := range lines {
		if l.isProbe && l.refused == "" {
			excused = append(excused, l.at)
		}
	}
	var others []webhookLine
	for _, l := range lines {
		if l.isProbe {
			continue
		}
		near := func(at time.Time) bool { return l.at.Sub(at).Abs() < probesSettle }
		if i := slices.IndexFunc(excused, near); l.refused == foreign && i >= 0 {
			excused = slices.Delete(excused, i, i+1)
			continue
		}
		others = append(others, l)
	}
	return others
}

// judged is the finding for what was accepted and refused. One signature by another secret may be a forger's, and what was
// refused before something was accepted has been mended, so both are warnings.
func (p Target) judged(lines []webhookLine, isWhole bool, group string) Finding {
	counts := map[refusal]int{}
	var last time.Time
	for _, l := range lines {
		if l.refused != "" {
			counts[l.refused]++
			last = l.at
		}
	}
	refused := listed(counts)
	switch {
	case refused == "" && !isWhole:
		return unknown(readLog(group), "the webhook's log is too long to be read to its end")
	case refused == "":
		return ok("nothing in the last day; %d accepted", len(lines))
	case !isWhole:
		return fail(p.remedy(counts, group), "the last day began with %s; the webhook's log is too long to be read to its end", refused)
	case lines[len(lines)-1].refused == "":
		return warn(p.remedy(counts, group), "in the last day: %s; the last at %s, and others were accepted since", refused, p.when(last))
	case len(counts) == 1 && counts[foreign] == 1:
		return warn(p.remedy(counts, group), "in the last day: %s; at %s", refused, p.when(last))
	}
	return fail(p.remedy(counts, group), "in the last day: %s; the last at %s, and nothing was accepted since", refused, p.when(last))
}

// listed names the refusals with how often they occurred.
func listed(counts map[refusal]int) string {
	var found []string
	for _, r := range refusals {
		if counts[r] > 0 {
			found = append(found, fmt.Sprintf("%d %s", counts[r], r))
		}
	}
	return strings.Join(found, ", ")
}

// remedy says what to do about the refusal whose cause is the most certain.
func (p Target) remedy(counts map[refusal]int, group string) string {
	switch {
	case counts[unverified] > 0:
		return "look at the signing secret above; " + readLog(group)
	case counts[outOfTime] > 0:
		return "look at the clocks below, and at the parameter SignatureMaxAge"
	case counts[unusable] > 0:
		return "see why: " + readLog(group)
	default:
		return "look in WooshPay's dashboard whether its deliveries fail; if so, the stored secret is not this endpoint's: " +
			"disputectl secret set signing --stack " + p.Stack.Name + "; if not, somebody else sent them, such as `disputectl send --kind forged`"
	}
}

func readLog(group string) string { return "aws logs tail " + group + " --since 1d" }
