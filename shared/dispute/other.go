package dispute

import "errors"

// ErrOther means that an answer of WooshPay is about another dispute than the one that was asked for.
var ErrOther = errors.New("the answer is about another dispute")
