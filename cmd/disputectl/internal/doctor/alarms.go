package doctor

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"disputecloser/cmd/disputectl/internal/deployment"
)

// alarms checks that somebody hears the alarms: a case that calls for a person calls through them.
func (p Target) alarms(ctx context.Context) Finding {
	topic, err := p.Stack.Output(deployment.AlarmTopic)
	if err != nil {
		return unseen(err)
	}
	out, err := p.Cloud.Topics.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: aws.String(topic)})
	if err != nil {
		return unseen(fmt.Errorf("look at topic %s: %w", topic, err))
	}
	confirmed, err := strconv.Atoi(out.Attributes["SubscriptionsConfirmed"])
	if err != nil {
		return unknown("look at the topic in the console", "its number of subscriptions is %q", out.Attributes["SubscriptionsConfirmed"])
	}
	pending := out.Attributes["SubscriptionsPending"]
	switch {
	case confirmed > 0:
		return ok("%d confirmed", confirmed)
	case pending != "" && pending != "0":
		return warn("open the mail that SNS sent, and confirm", "nobody is subscribed yet: %s not confirmed", pending)
	}
	return warn("name yourself as AlarmEmail in samconfig.toml and deploy again, or subscribe to "+topic,
		"nobody is subscribed: nobody is told when a case needs a person")
}
