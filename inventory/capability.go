package inventory

// CapabilityID names one thing software can do to its user. The ids are the same on every platform.
// policies/capabilities.tsv holds the meaning of each; a test keeps that file and this list equal.
type CapabilityID string

// The capabilities, in display order.
const (
	CapKeystrokes         CapabilityID = "keystrokes"          // can see what you type
	CapScreenRead         CapabilityID = "screen-read"         // can see your screen
	CapAccessibility      CapabilityID = "accessibility"       // can control the device for you
	CapOverlay            CapabilityID = "overlay"             // can draw over other apps
	CapClipboard          CapabilityID = "clipboard"           // can read what you copy
	CapClipboardWrite     CapabilityID = "clipboard-write"     // can replace what you copied
	CapReadCodes          CapabilityID = "read-codes"          // can read your text messages and one-time codes
	CapNotificationsRead  CapabilityID = "notifications-read"  // can read your notifications
	CapNotificationsPost  CapabilityID = "notifications-post"  // can send you notifications
	CapSMSSend            CapabilityID = "sms-send"            // can send text messages
	CapCallLog            CapabilityID = "call-log"            // can see who you call and who calls you
	CapCallMake           CapabilityID = "call-make"           // can place
	CapPhoneState         CapabilityID = "phone-state"         // can read phone identity and calls in progress
	CapContacts           CapabilityID = "contacts"            // can read your contacts
	CapCalendar           CapabilityID = "calendar"            // can read or change your calendar and reminders
	CapLocation           CapabilityID = "location"            // can see where you are while you use it
	CapLocationBackground CapabilityID = "location-background" // can see where you are at any time
	CapCamera             CapabilityID = "camera"              // can use the camera
	CapMicrophone         CapabilityID = "microphone"          // can listen
	CapPhotos             CapabilityID = "photos"              // can see your photos
	CapSensors            CapabilityID = "sensors"             // can read body
	CapFiles              CapabilityID = "files"               // can see your files
	CapDownloads          CapabilityID = "downloads"           // can save files on your computer and see what you downloaded
	CapInstallApps        CapabilityID = "install-apps"        // can install
	CapListApps           CapabilityID = "list-apps"           // can see which apps you have and when you use them
	CapNativeBridge       CapabilityID = "native-bridge"       // can use a program outside the browser
	CapRemoteCode         CapabilityID = "remote-code"         // can run code that is not part of the package you installed
	CapExtControl         CapabilityID = "ext-control"         // can switch other extensions off or remove them
	CapPageRead           CapabilityID = "page-read"           // can read pages you visit
	CapPageModify         CapabilityID = "page-modify"         // can change pages you visit
	CapRequestsRedirect   CapabilityID = "requests-redirect"   // can send your requests elsewhere
	CapAffiliateRewrite   CapabilityID = "affiliate-rewrite"   // can put its own referral code into your shopping links
	CapCookies            CapabilityID = "cookies"             // can read your sessions and cookies
	CapHistory            CapabilityID = "history"             // can see where you browse
	CapEraseTraces        CapabilityID = "erase-traces"        // can delete history
	CapAutofill           CapabilityID = "autofill"            // can fill in and see passwords and passkeys
	CapAccountToken       CapabilityID = "account-token"       // can sign in as you
	CapWallet             CapabilityID = "wallet"              // can see or use your payment cards
	CapDeviceAdmin        CapabilityID = "device-admin"        // can administer the device
	CapSettingsTakeover   CapabilityID = "settings-takeover"   // can change settings of the system or the browser
	CapVPN                CapabilityID = "vpn"                 // can see or redirect all traffic
	CapNetworkCleartext   CapabilityID = "network-cleartext"   // can send data unencrypted
	CapNearby             CapabilityID = "nearby"              // can find and talk to devices near you
	CapTracking           CapabilityID = "tracking"            // can follow you across apps
)

// Capabilities lists every capability id in display order.
var Capabilities = []CapabilityID{
	CapKeystrokes,
	CapScreenRead,
	CapAccessibility,
	CapOverlay,
	CapClipboard,
	CapClipboardWrite,
	CapReadCodes,
	CapNotificationsRead,
	CapNotificationsPost,
	CapSMSSend,
	CapCallLog,
	CapCallMake,
	CapPhoneState,
	CapContacts,
	CapCalendar,
	CapLocation,
	CapLocationBackground,
	CapCamera,
	CapMicrophone,
	CapPhotos,
	CapSensors,
	CapFiles,
	CapDownloads,
	CapInstallApps,
	CapListApps,
	CapNativeBridge,
	CapRemoteCode,
	CapExtControl,
	CapPageRead,
	CapPageModify,
	CapRequestsRedirect,
	CapAffiliateRewrite,
	CapCookies,
	CapHistory,
	CapEraseTraces,
	CapAutofill,
	CapAccountToken,
	CapWallet,
	CapDeviceAdmin,
	CapSettingsTakeover,
	CapVPN,
	CapNetworkCleartext,
	CapNearby,
	CapTracking,
}
