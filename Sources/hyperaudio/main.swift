import Commands
import Foundation

Program.prepareForSignals()
exit(await Program.main())
