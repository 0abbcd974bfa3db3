package sandbox

import "time"

// soon is an instant by which a test's close has left.
func soon() time.Time { return time.Now().Add(time.Minute) }
