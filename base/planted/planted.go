// Package planted holds the bugs that the harnesses must catch.
//
// A harness that finds nothing proves nothing until it has found something. So each has a bug of its own, planted in the product where somebody could
// really make it, behind the build tag "planted"; without the tag Bug is a constant false and the compiler removes it. With the tag, the environment
// variable LUUKKU_PLANTED names the one bug that is there. "make planted" runs each harness with its bug and fails when the harness does not.
package planted

// Name names a bug.
type Name string

// Bugs says of each bug what is wrong, and which test must fail: the package's folder and the test's name.
var Bugs = map[Name]Catch{
	"board-forgets-free":     {"a cancelled time stays taken in memory", "./faults/model", "TestWalkOnSQLite"},
	"move-keeps-old":         {"a move leaves the old time taken", "./faults/model", "TestLinearizableOnSQLite"},
	"claim-ignored":          {"an appointment is changed although it was changed or cancelled since it was read", "./faults/model", "TestLinearizableOnSQLite"},
	"confirm-late":           {"a booking can be confirmed a second after its window", "./faults/model", "TestConfirmWindowInEveryOrder"},
	"offer-not-kept":         {"a time that is offered to who waits is anybody's meanwhile", "./faults/model", "TestLobbiesLinearizableOnSQLite"},
	"offer-gone-taken":       {"an answer to an offer that has gone takes the time all the same", "./faults/model", "TestLobbiesLinearizableOnSQLite"},
	"offer-after-leaving":    {"one place on a waiting list gets two times, or one after it was left", "./faults/model", "TestOnePlaceInTheLineIsOneTime"},
	"seen-ignored":           {"a clerk moves an appointment that another clerk has moved since they looked at it", "./faults/model", "TestLobbiesLinearizableOnSQLite"},
	"hold-expires-early":     {"a hold is taken over in its last second", "./faults/model", "TestHoldExpiryInEveryOrder"},
	"shed-after-commit":      {"who is told that nothing was done, since too many came, was served all the same", "./e2e", "TestOverload_WorkGoesOnAndNobodyIsLiedTo"},
	"grid-walks-local":       {"times are counted on the wall's clock, not in absolute time", "./domain/booking", "TestEveryClockChangeOfEveryZone"},
	"sync-normal":            {"SQLite does not wait for the disk at each commit", "./faults/crash", "TestPowerCut"},
	"full-is-done":           {"a change that found no room on the disk is told as done", "./faults/crash", "TestDiskFull/pages"},
	"answer-early":           {"callers are answered before the commit that they share", "./faults/crash", "TestKill9"},
	"text-before-answer":     {"what staff answer is sent before the conversation knows of it", "./faults/crash", "TestKill9Answers"},
	"batch-partial":          {"a batch takes in a change although not all of its cells were had", "./store/storetest", "TestBookingOnPostgres"},
	"unknown-is-no":          {"a COMMIT whose answer was lost is told as not done", "./faults/cuts", "TestDatabaseConnectionCut"},
	"done-is-no":             {"what was done is told as not done, since the answer could not be put together", "./web", "TestWhoChangedSomethingIsNotToldThatNothingWasDone"},
	"form-key-ignored":       {"a form that was sent twice at once is done twice", "./faults/cuts", "TestLostAnswers"},
	"lease-ignored":          {"a job is settled under a lease that ran out", "./faults/cuts", "TestNodePausedOrKilled"},
	"take-partial":           {"a counter is given although not all of its cells were had", "./faults/cuts", "TestOverlappingTimes"},
	"partial-goes-on":        {"a transaction that had some cells of a counter goes on to the next, and many wait in circles", "./store", "TestUnitHadInPartKeepsNobodyWaiting"},
	"backup-of-many-moments": {"a backup reads each table as of another moment", "./faults/backup", "TestBackupUnderLoad"},
	"audit-tail-skipped":     {"a line of the audit log that becomes visible late is never sealed", "./store", "TestLineThatComesLateIsSealedAllTheSame"},
	"page-outlived":          {"a kept page is given out although what it shows has changed", "./web", "TestPublicPageIsMadeOnceForItsStamp"},
	"begun-not-kept":         {"that a message is being handed over is not recorded first, so that it leaves again after a crash", "./faults/cuts", "TestTextsInTrouble"},
	"receipt-overrides":      {"a receipt that comes late or again takes the place of the last word", "./store", "TestReceiptsChangeNothingTwice"},
	"round-ignored":          {"what is sent again has the reference of the first time, so that what is said of that one counts", "./store/storetest", "TestReceiptsOnSQLite"},
	"stop-ignored":           {"who has taken back that they are told is told all the same", "./e2e", "TestS5_7_OneClickTakesRemindersBack"},
	"called-still-waits":     {"who is called to a counter is still in the line for the next", "./domain/queue", "TestDayOfFiveHundredClients"},
	"bound-ignored":          {"a walk-in waits beyond the bound while booked clients are called", "./domain/queue", "TestLobbyObeysItsRules"},
	"number-again":           {"a kiosk's form that is sent again after a crash gives a second number", "./e2e", "TestS3_6_KilledBetweenTheNumberAndItsSlip"},
	"checkin-late":           {"a PIN is good for a second longer than its window", "./domain/queue", "TestWindowOfACheckIn"},
	"press-twice":            {"a counter that presses twice at once is given two people", "./store/storetest", "TestLobbyOnPostgres"},
	"signature-survives":     {"a signature holds although the answers were changed since", "./store/storetest", "TestDraftsOnSQLite/SignedAsItWasSeenOrNotAtAll"},
	"signature-gone-sent":    {"a draft is sent although a signature was taken back since it was looked at", "./store/storetest", "TestDraftsOnSQLite/NotSentWhileASignatureIsTakenBack"},
	"draft-late":             {"a draft is there for a second after its time is over", "./store/storetest", "TestDraftsOnSQLite/DeletedToTheSecondUnlessItIsChanged"},
	"sent-twice":             {"a form whose button is pressed twice is sent twice", "./store/storetest", "TestDraftsOnSQLite/SentOnceAndTheDraftIsGone"},
	"decided-again":          {"a form that was decided is decided a second time", "./store/storetest", "TestSubmissionsOnSQLite/DecidedOnce"},
	"decided-unseen":         {"a form is decided by what somebody has not seen", "./store/storetest", "TestSubmissionsOnSQLite/AskedAnsweredAndDecided"},
	"deleted-early":          {"what was sent is deleted a second before its time is over", "./store/storetest", "TestSubmissionsOnSQLite/DeletedToTheSecondUnlessItIsHeld"},
	"hidden-sent":            {"an answer to a question that is hidden is sent", "./store/storetest", "TestDraftsOnSQLite/AHiddenAnswerIsKeptAndNeverSent"},
	"unsigned-let-in":        {"a form that asks who sends it is begun and sent without signing in", "./e2e", "TestS2_4_WhatIsNotOpenAnyMoreTakesNothing"},
	"closed-form-sent":       {"a form that was closed meanwhile is sent all the same", "./e2e", "TestS2_4_WhatIsNotOpenAnyMoreTakesNothing"},
	"code-short":             {"a code has half of its bits, written twice", "./domain/eservice", "TestACodeHasEightyBitsOfItsOwn"},
	"code-in-part":           {"of a code the first half alone is compared", "./domain/eservice", "TestACodeIsReadAsPeopleTypeItAndComparedWhole"},
	"anew-unasked":           {"who is asked to answer one question anew changes the others, too", "./domain/eservice", "TestOnlyWhatIsAskedChanges"},
	"anew-forgets-before":    {"what was answered first is shown as it was answered anew", "./domain/eservice", "TestWhatHoldsNowAndWhatChanged"},
	"key-beyond-form":        {"a key that is limited to forms works on the others, too", "./store/storetest", "TestSubmissionsOnSQLite/AProgramStaysWithinItsBounds"},
	"key-beyond-inbox":       {"a key that is limited to inboxes works on what lies in the others, too", "./store/storetest", "TestSubmissionsOnSQLite/AProgramStaysWithinItsBounds"},
	"key-beyond-office":      {"a key that is limited to offices has what belongs to none of them", "./domain/actor", "TestAProgramWithinBoundsHasWhatLiesWithinThemAlone"},
	"feed-beyond-limits":     {"a key that is limited hears in the feed of what it may not read", "./store/storetest", "TestSubmissionsOnSQLite/AProgramStaysWithinItsBounds"},
	"bad-file-given":         {"an attachment in which malware was found is given to the desk", "./store/storetest", "TestSubmissionsOnSQLite/EachBadFileIsFoundOnceAndNotGiven"},
	"bad-file-told-again":    {"each scan that is done again tells of malware again", "./store/storetest", "TestSubmissionsOnSQLite/EachBadFileIsFoundOnceAndNotGiven"},
	"page-twice":             {"what came in the second in which a page of the inbox ends is on the next page again", "./store/storetest", "TestSubmissionsOnSQLite/EachIsOnOnePageInTheOrderOfWork"},
	"page-leaves-out":        {"what came in the second in which a page of the inbox ends is on no page", "./store/storetest", "TestSubmissionsOnSQLite/EachIsOnOnePageInTheOrderOfWork"},
	"page-late-anew":         {"what becomes late while somebody leafs through an inbox is on no page", "./store/storetest", "TestSubmissionsOnSQLite/NoneIsLostWhileSomebodyLeafs"},
	"course-seat-over":       {"a course has one place more than it has", "./e2e", "TestS2_5_AnOfferIsOpenToTheSecond"},
	"course-line-backwards":  {"who came last to the waiting list of a course is offered its place first", "./domain/course", "TestTheFirstInLineWhomAPlaceFitsIsNext"},
	"course-offer-late":      {"an offer of a place on a course is open for a second longer than it says", "./e2e", "TestS2_5_AnOfferIsOpenToTheSecond"},
	"protected-address-kept": {"the address of who is under a non-disclosure order stays, and forms are filled in with it once the order is not asked for", "./domain/identity", "TestNobodysAddressIsKeptWhileOneSourceProtectsIt"},
	"page-of-one":            {"a page that is kept for everybody is written for the visitor who asked first", "./web", "TestPublicPageKnowsNothingOfItsVisitor"},
}

// Catch is who catches a bug.
type Catch struct {
	Wrong   string // what the product does wrong
	Package string // where the test is, from the module's root: "./e2e/faults"
	Test    string // what go test -run gets
}
