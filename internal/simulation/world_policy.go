package simulation

import (
	"sync"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// rulebook is one policy: the document as the merchant wrote it, by which the watchers judge, and the compiled policy,
// which the code under test obeys.
type rulebook struct {
	document policy.Document
	compiled *policy.Policy
}

// Compiling costs more than a short history, so histories choose from a library that is compiled once.
// The first half has tight budgets, the second roomy ones.
const volumes = 512

var library [volumes]struct {
	once sync.Once
	book rulebook
}

func rulebookAt(volume int) *rulebook {
	entry := &library[volume]
	entry.once.Do(func() {
		document := drawPolicy(chance(0x9011c7).of(uint64(volume)), volume >= volumes/2)
		compiled, err := policy.Compile(document)
		if err != nil {
			panic(err)
		}
		entry.book = rulebook{document, compiled}
	})
	return &entry.book
}

func drawPolicy(c chance, roomy bool) policy.Document {
	closes, amount := int64(1+c.of(1).below(3)), int64(2000+1000*c.of(2).below(3))
	if roomy {
		closes, amount = 40, 200_000
	}
	spend := policy.Spend{Closes: closes, Amount: amount}
	document := policy.Document{
		Mode:    policy.Live,
		Ceiling: map[string]int64{"usd": 3000, "eur": 2500},
		Budget:  policy.Budgets{Spend: map[string]policy.Spend{"usd": spend, "eur": spend}, Failures: int64(1 + c.of(3).below(3))},
	}
	if c.of(4).oneIn(7) {
		document.Mode = policy.Shadow
	}
	document.Refunds = pick(c.of(5), []policy.Refunds{"", "", policy.RefundsRequired, policy.RefundsUnavailable})
	for i, draw := range []func(chance) policy.Rule{vipRule, inquiryRule, trialRule, smallRule, lateRule, largeRule} {
		r := draw(c.of(10 + uint64(i)))
		if i == 3 || c.of(20+uint64(i)).oneIn(2) {
			document.Rules = append(document.Rules, r)
		}
	}
	return document
}

func vipRule(chance) policy.Rule {
	return policy.Rule{
		Name: "vip", Then: policy.Keep,
		If: policy.Conditions{Metadata: map[string]policy.Words{"plan": {In: []string{"vip"}}}},
	}
}

// inquiryRule asks for a review of inquiries, or closes them.
func inquiryRule(c chance) policy.Rule {
	r := policy.Rule{Name: "inquiry", Then: policy.Review, If: policy.Conditions{Status: in(dispute.WarningNeedsResponse)}}
	if c.oneIn(2) {
		r.Then, r.After = policy.Close, drawGrace(c.of(1))
		r.If.Amount = upTo(2500)
	}
	return r
}

// trialRule is a shadow rule: it decides nothing.
func trialRule(c chance) policy.Rule {
	return policy.Rule{
		Name: "trial", Then: policy.Close, Shadow: true, After: drawGrace(c),
		If: policy.Conditions{Status: in(dispute.NeedsResponse), Amount: upTo(2500)},
	}
}

func smallRule(c chance) policy.Rule {
	r := policy.Rule{
		Name: "small", Then: policy.Close, After: drawGrace(c),
		If: policy.Conditions{Status: in(dispute.NeedsResponse), Amount: upTo(1500)},
	}
	without := false
	switch c.of(1).below(6) {
	case 0:
		r.If.HasEvidence = &without
	case 1:
		r.If.Refunded = &without
	case 2:
		r.If.ReasonCode = &policy.Words{Not: []string{"10.4"}}
	case 3:
		r.If.Age = &policy.Span{AtLeast: hours(2)}
	case 4:
		most := int64(0)
		r.If.SubmissionCount = &policy.Bounds{AtMost: &most}
	}
	return r
}

// lateRule closes shortly before the deadline.
func lateRule(c chance) policy.Rule {
	return policy.Rule{
		Name: "late", Then: policy.Close, BeforeDue: pick(c, []*policy.Duration{hours(1), hours(12), hours(24)}),
		If: policy.Conditions{Status: in(dispute.NeedsResponse), Amount: upTo(2500)},
	}
}

func largeRule(chance) policy.Rule {
	least := int64(2000)
	return policy.Rule{
		Name: "large", Then: policy.Review,
		If: policy.Conditions{Amount: map[string]policy.Bounds{"usd": {AtLeast: &least}, "eur": {AtLeast: &least}}},
	}
}

func drawGrace(c chance) *policy.Duration {
	return pick(c, []*policy.Duration{hours(0), hours(0), hours(1), hours(3), hours(24)})
}

func hours(n int) *policy.Duration {
	d := policy.Duration(time.Duration(n) * time.Hour)
	return &d
}

func in(s dispute.Status) *policy.Words { return &policy.Words{In: []string{string(s)}} }

func upTo(most int64) map[string]policy.Bounds {
	return map[string]policy.Bounds{"usd": {AtMost: &most}, "eur": {AtMost: &most}}
}
