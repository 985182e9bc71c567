#include "CDeepFilter.h"
