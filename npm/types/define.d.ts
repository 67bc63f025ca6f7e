// Importing it registers <snap-checkout>.
import './index.js';
